// data-session: tell before the session ends, keep what is typed, and let the person go on.
// data-idle and data-absolute are seconds left when the page was made; data-warn is how long before.
// Asking data-status is no use of the session (X-Requested-With: fetch); 「続ける」 is. {n} = minutes.

const headers = { "X-Requested-With": "fetch", Accept: "application/json" };

async function ask(url, more = {}) {
  const answer = await fetch(url, { headers, credentials: "same-origin", redirect: "manual", ...more });
  // Sent elsewhere: the session is over.
  if (answer.type === "opaqueredirect") return { idle: 0, absolute: 0 };
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function watch(banner) {
  const { dataset } = banner;
  const words = banner.querySelector("[data-words]");
  const form = banner.querySelector("form");
  const warn = Number(dataset.warn);
  let ends = 0;
  let final = 0;
  let timer = 0;

  function take(left) {
    ends = Date.now() + left.idle * 1000;
    final = Date.now() + left.absolute * 1000;
    look();
  }

  function look() {
    clearTimeout(timer);
    const left = Math.round((ends - Date.now()) / 1000);
    if (left > warn) {
      banner.hidden = true;
      timer = setTimeout(look, Math.min((left - warn) * 1000, 60_000));
      return;
    }
    if (banner.hidden && left > 0) {
      // Another tab may have been used since: ask once before disturbing.
      banner.hidden = false;
      ask(dataset.status).then(take, () => show(left));
      return;
    }
    show(left);
    if (left > 0) timer = setTimeout(look, 15_000);
  }

  function show(left) {
    const isFinal = final - ends < 1000;
    const sentence = left <= 0 ? dataset.over : isFinal ? dataset.final : dataset.soon;
    const told = sentence.replace("{n}", String(Math.max(1, Math.ceil(left / 60))));
    // The same words again would be read out again.
    if (words.textContent !== told) words.textContent = told;
    form.hidden = left <= 0 || isFinal;
    banner.hidden = false;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      take(await ask(form.action, { method: "POST", body: new FormData(form) }));
    } catch {
      words.textContent = dataset.failed;
    }
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look();
  });
  take({ idle: Number(dataset.idle), absolute: Number(dataset.absolute) });
}

export function warnBeforeSessionEnds(root) {
  const banner = root.querySelector("[data-session]");
  if (banner) watch(banner);
}
