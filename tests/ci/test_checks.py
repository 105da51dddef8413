"""Each check of form is seen to refuse a bad sample and to let its good twin pass."""

import pytest


def function_of(lines: int) -> str:
    """A function with so many lines in all."""
    return "def work():\n" + "    x = 1\n" * (lines - 1)


class TestLimits:
    def test_a_function_of_fifty_lines_passes_and_one_more_does_not(self, sample):
        sample.write("portal/a.py", function_of(50))
        sample.passes("limits")
        sample.write("portal/a.py", function_of(51))
        assert "portal/a.py:1: work() has 51 lines, limit 50" in sample.refused("limits")

    @pytest.mark.parametrize(
        ("name", "limit"),
        [
            ("portal/a.py", 400),
            ("portal/views.py", 300),
            ("portal/views/a.py", 300),
            ("templates/a.html", 120),
        ],
    )
    def test_a_file_may_have_its_limit_and_no_line_more(self, sample, name, limit):
        sample.write(name, "\n" * limit)
        sample.passes("limits")
        sample.write(name, "\n" * (limit + 1))
        assert f"{limit + 1} lines, limit {limit}" in sample.refused("limits")

    def test_migrations_are_exempt(self, sample):
        sample.write("portal/migrations/0001_initial.py", "\n" * 500)
        sample.passes("limits")


BAD_MARKUP = [
    ("{{ text|safe }}", "safe filter"),
    ("{{ text| safeseq }}", "safe filter"),
    ("{% autoescape off %}{{ x }}{% endautoescape %}", "autoescape off"),
    ("{% filter safe %}{{ x }}{% endfilter %}", "safe filter"),
    ('<iframe src="/x">', "foreign page"),
    ('<object data="/x">', "foreign page"),
    ('<base href="/x">', "foreign page"),
    ('<div srcdoc="x">', "foreign page"),
    ('<meta http-equiv="refresh" content="0">', "http-equiv"),
    ("<style>p {}</style>", "style element"),
    ('<p class="a"\n   style="x">', "style attribute"),
    ("<script>go()</script>", "script inside"),
    ('<button onclick="go()">', "on…= attribute"),
    ('<input placeholder="例">', "placeholder"),
    ('<a href="javascript:go()">', "javascript:"),
    ('<a href="{{ town.name }}">', "href begins with town.name"),
    ('<img src="{{ text }}">', "src begins with text"),
    ('<a href="https://cdn.example.com/x">', "outside address"),
    ('<img src="//cdn.example.com/x.png">', "outside address"),
]
GOOD_MARKUP = [
    '<p class="safe">安全です。</p>',
    '<script src="{% static "js/app.js" %}" defer></script>',
    '<a href="{% url "home" %}">ホーム</a>',
    '<a href="{{ item.url }}?page=2">次へ</a>',
    '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>',
    '<a href="https://www.digital.go.jp/resources/govdashboard/local-government-dx">出典</a>',
    "{# style= would be refused here: see the policy #}",
    '<table data-style="wide"><caption>一覧</caption></table>',
    '<input name="once" value="1">',
]


class TestTemplates:
    @pytest.mark.parametrize(("markup", "sentence"), BAD_MARKUP)
    def test_refuses(self, sample, markup, sentence):
        sample.write("templates/a.html", f"<p>\n{markup}\n</p>")
        assert sentence in sample.refused("templates")

    @pytest.mark.parametrize("markup", GOOD_MARKUP)
    def test_lets_pass(self, sample, markup):
        sample.write("templates/a.html", markup)
        sample.passes("templates")

    @pytest.mark.parametrize(
        ("code", "sentence"),
        [
            ("from django.utils.safestring import mark_safe\n", "mark_safe"),
            ("import django.utils.safestring as s\nx = s.mark_safe(y)\n", "mark_safe"),
            ("x = SafeString(y)\n", "SafeString"),
            ("x = format_html('<p style=\"{}\">', y)\n", "style attribute"),
            ("x = f'<script>{y}</script>'\n", "script inside"),
            ("attrs = {'placeholder': '例'}\n", "placeholder"),
            ("@html_safe\nclass A:\n    pass\n", "html_safe turns escaping off"),
            ("class A:\n    def __html__(self):\n        return self.x\n", "__html__ turns escaping off"),
            ("x = format_html(f'<b>{y}</b>')\n", "format_html needs"),
            ("x = html.format_html('<b>' + y)\n", "format_html needs"),
            ("x = '<iframe src=\"/x\">'\n", "foreign page"),
        ],
    )
    def test_refuses_python_that_undoes_escaping(self, sample, code, sentence):
        sample.write("portal/ui/tags.py", code)
        assert sentence in sample.refused("templates")

    def test_a_docstring_may_speak_of_what_is_refused(self, sample):
        sample.write("portal/ui/tags.py", '"""No <style> and no <p style=…> here."""\n')
        sample.passes("templates")

    @pytest.mark.parametrize("folder", ["pdf", "spreadsheets"])
    def test_what_no_browser_meets_may_style_itself(self, sample, folder):
        sample.write(f"portal/{folder}/parts.py", "x = '<bottom style=\"thin\">'\n")
        sample.passes("templates")

    def test_an_outside_address_in_a_style_file_is_refused(self, sample):
        sample.write("static/css/base.css", "@import url(https://fonts.example.com/a.css);")
        assert "outside address" in sample.refused("templates")


class TestModelAccess:
    @pytest.mark.parametrize(
        "code",
        [
            "rows = Town.objects.all()\n",
            "rows = Town.objects.filter(pk=pk)\n",
            "rows = Town.objects\n",
            "rows = Town._default_manager.get(pk=pk)\n",
            "row = get_object_or_404(Town, pk=pk)\n",
            "row = get_object_or_404(models.Town, pk=pk)\n",
            "class A(ListView):\n    queryset = Town.objects.order_by('name').for_user(x)\n",
        ],
    )
    @pytest.mark.parametrize("name", ["reports/views.py", "portal/views/towns.py", "reports/forms.py"])
    def test_refuses_rows_without_scope(self, sample, name, code):
        sample.write(name, code)
        assert "without .for_user(actor)" in sample.refused("model_access")

    @pytest.mark.parametrize(
        "code",
        [
            "rows = Town.objects.for_user(request.actor).filter(pk=pk)\n",
            "row = get_object_or_404(Town.objects.for_user(actor), pk=pk)\n",
            "row = get_object_or_404(rows, pk=pk)\n",
            "field = ModelChoiceField(queryset=Town.objects.none())\n",
        ],
    )
    def test_lets_scoped_rows_pass(self, sample, code):
        sample.write("reports/views.py", code)
        sample.passes("model_access")

    @pytest.mark.parametrize(
        "code",
        [
            "Town.objects.for_user(actor).update(name='x')\n",
            "Town.objects.for_user(actor).filter(pk=pk).delete()\n",
            "Town.objects.for_user(actor).create(name='x')\n",
        ],
    )
    def test_refuses_writes_where_rows_are_shown(self, sample, code):
        sample.write("reports/views.py", code)
        assert "a service does the business" in sample.refused("model_access")

    @pytest.mark.parametrize("code", ["context.update(a=1)\n", "request.session.delete()\n"])
    def test_lets_other_updates_pass(self, sample, code):
        sample.write("reports/views.py", code)
        sample.passes("model_access")

    @pytest.mark.parametrize("name", ["reports/services.py", "reports/services/forms.py"])
    def test_services_may_ask_for_rows(self, sample, name):
        sample.write(name, "rows = Town.objects.all()\n")
        sample.passes("model_access")

    @pytest.mark.parametrize(
        "code",
        [
            "from django.dispatch import receiver\n",
            "from django.db.models.signals import post_save\n",
            "from django.db.models import signals\n",
            "import django.db.models.signals\n",
        ],
    )
    def test_refuses_signals(self, sample, code):
        sample.write("programs/core/anything.py", code)
        assert "signal or receiver" in sample.refused("model_access")

    @pytest.mark.parametrize("name", ["reports/models.py", "programs/core/models/towns.py"])
    def test_refuses_save_on_a_model(self, sample, name):
        sample.write(name, "class Town(Model):\n    def save(self, **kwargs):\n        pass\n")
        assert "Town.save() is overridden" in sample.refused("model_access")

    def test_a_form_may_save(self, sample):
        sample.write("reports/forms.py", "class TownForm(Form):\n    def save(self):\n        pass\n")
        sample.passes("model_access")


class TestPlaces:
    # Put together here, so that this file holds none of them itself.
    @pytest.mark.parametrize(
        "text",
        [
            "DATA = '/{}/portal/data'".format("tmp"),
            "see /{}/somebody/notes".format("home"),
            "{}://files.{}.example/simple".format("https", "pypi"),
            "pip install --{}-url x".format("index"),
            "PIP_{}_URL=x".format("INDEX"),
        ],
    )
    def test_refuses(self, sample, text):
        sample.write("docs/a.md", f"# a\n{text}\n")
        assert "docs/a.md:2:" in sample.refused("places")

    @pytest.mark.parametrize(
        "text",
        [
            "/srv/portal/data",
            "var/media/home/x",
            "$PORTAL_DATA_DIR/work/x",
            "https://portal.example.jp/home/1",
        ],
    )
    def test_lets_pass(self, sample, text):
        sample.write("docs/a.md", text)
        sample.passes("places")

    def test_a_picture_is_no_text(self, sample):
        (sample.root / "a.png").write_bytes(b"\x89PNG\xff\xfe/" + b"tmp/x")
        sample.passes("places")
