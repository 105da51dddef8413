// data-poll="<url>": replace the element's content by the HTML fragment at the URL until the
// fragment holds [data-done]. data-failed is the sentence shown when the server cannot be reached.
// Slower while the page is hidden, and slower the longer it takes; a manual reload link works without.

const FIRST = 1000;
const SLOWEST = 5000;
const HIDDEN = 15000;
const GROWTH = 1.2;

function wait(milliseconds) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, document.hidden ? HIDDEN : milliseconds);
    // Coming back to the page asks at once.
    document.addEventListener(
      "visibilitychange",
      () => {
        if (document.hidden) return;
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}

async function ask(url) {
  const answer = await fetch(url, {
    headers: { "X-Requested-With": "fetch" },
    credentials: "same-origin",
    redirect: "error",
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.text();
}

function replace(box, html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const focused = box.contains(document.activeElement) ? document.activeElement.id : "";
  box.replaceChildren(...parsed.body.childNodes);
  if (focused) document.getElementById(focused)?.focus();
}

async function poll(box) {
  let pause = FIRST;
  let misses = 0;
  while (box.isConnected && !box.querySelector("[data-done]")) {
    await wait(pause);
    pause = Math.min(pause * GROWTH, SLOWEST);
    try {
      replace(box, await ask(box.dataset.poll));
      misses = 0;
    } catch {
      misses += 1;
      pause = SLOWEST;
      if (misses === 3) {
        const note = document.createElement("p");
        note.setAttribute("role", "alert");
        note.textContent = box.dataset.failed ?? "";
        box.append(note);
      }
      if (misses > 20) return;
    }
  }
}

export function pollFragments(root) {
  for (const box of root.querySelectorAll("[data-poll]")) poll(box);
}
