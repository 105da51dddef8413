// data-autosave on a form: keep what is typed on the server, beside the row, until it is saved.
// Texts: data-autosave-failed. The status line is .foot__status; data-typing shows colleagues.
// Nothing is kept in the browser.

const PAUSE = 2000;
const AGAIN = 10000;
// Leaving a field by pressing a button sends the form itself: no need to keep it beside.
const BLUR = 400;

function describe(form) {
  const data = new FormData(form);
  data.delete("act");
  return data;
}

const print = (data) => JSON.stringify([...data].filter(([name]) => name !== "csrfmiddlewaretoken"));

function show(line, text) {
  if (line && text && line.textContent !== text) line.textContent = text;
}

function keep(form) {
  const status = form.querySelector(".foot__status");
  const typing = document.querySelector("[data-typing]");
  let last = print(describe(form));
  let timer = 0;
  let sending = false;
  let leaving = false;

  function later(pause) {
    clearTimeout(timer);
    timer = setTimeout(send, pause);
  }

  function answered(words, sent) {
    last = sent;
    show(status, words.saved);
    if (typing) {
      typing.textContent = words.typing;
      typing.hidden = !words.typing;
    }
    // Still the same: all that was typed is safe.
    if (print(describe(form)) === sent) form.dispatchEvent(new Event("saved"));
    else later(PAUSE);
  }

  async function send() {
    clearTimeout(timer);
    const data = describe(form);
    const sent = print(data);
    if (sent === last || sending || leaving) return;
    sending = true;
    try {
      const answer = await fetch(window.location.pathname, {
        method: "POST",
        body: new URLSearchParams(data),
        headers: { "X-Autosave": "1", "X-Requested-With": "fetch" },
        credentials: "same-origin",
        redirect: "error",
        keepalive: document.hidden,
      });
      const words = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      if (answer.ok && words.saved) answered(words, sent);
      else throw new Error(words.refused ?? "");
    } catch (error) {
      show(status, (error instanceof TypeError ? "" : error.message) || form.dataset.autosaveFailed);
      later(AGAIN);
    } finally {
      sending = false;
    }
  }

  form.addEventListener("input", () => later(PAUSE));
  form.addEventListener("change", () => later(BLUR));
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) send();
  });
}

export function autosave(root) {
  for (const form of root.querySelectorAll("form[data-autosave]")) keep(form);
}
