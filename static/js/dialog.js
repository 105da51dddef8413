// data-dialog="<id>" on a link or button: ask in a dialog instead of on the page behind the link.
// Esc and [data-close] give up; the browser gives focus back to the opener.

export function openDialogs(root) {
  for (const opener of root.querySelectorAll("[data-dialog]")) {
    const dialog = root.getElementById(opener.dataset.dialog);
    if (!dialog) continue;
    opener.setAttribute("aria-haspopup", "dialog");
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.showModal();
    });
    for (const closer of dialog.querySelectorAll("[data-close]")) {
      closer.addEventListener("click", () => dialog.close());
    }
    dialog.addEventListener("close", () => opener.focus());
  }
}
