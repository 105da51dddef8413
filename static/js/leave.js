// data-leave="<question>" on a form: ask before leaving with changes that were not sent.
// Autosave tells "all safe" with a `saved` event on the form.

export function warnBeforeLeaving(root) {
  for (const form of root.querySelectorAll("form[data-leave]")) {
    let changed = false;
    const change = () => {
      changed = true;
    };
    form.addEventListener("input", change);
    form.addEventListener("change", change);
    form.addEventListener("saved", () => {
      changed = false;
    });
    form.addEventListener("submit", () => {
      changed = false;
    });
    window.addEventListener("beforeunload", (event) => {
      if (!changed) return;
      event.preventDefault();
      // Browsers show their own sentence; older ones ask for a return value.
      event.returnValue = form.dataset.leave;
    });
  }
}
