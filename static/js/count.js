// data-count="<id of the control>" data-limit data-left data-over: how many characters are left.
// {n} in the texts is the number. The visible text follows every key, the announced one a pause.

const PAUSE = 1000;

// The server counts a line break as one character, and strips spaces at both ends.
const length = (text) => [...text.replaceAll("\r\n", "\n").trim()].length;

function watch(line, control) {
  const [shown, announced] = line.children;
  const limit = Number(line.dataset.limit);
  let timer = 0;

  function update() {
    const left = limit - length(control.value);
    const words = left < 0 ? line.dataset.over : line.dataset.left;
    shown.textContent = words.replace("{n}", Math.abs(left).toLocaleString("ja-JP"));
    line.dataset.state = left < 0 ? "over" : "within";
  }

  control.addEventListener("input", () => {
    update();
    clearTimeout(timer);
    timer = setTimeout(() => {
      announced.textContent = shown.textContent;
    }, PAUSE);
  });
  update();
  line.hidden = false;
}

export function countCharacters(root) {
  for (const line of root.querySelectorAll("[data-count]")) {
    const control = root.getElementById(line.dataset.count);
    if (control) watch(line, control);
  }
}
