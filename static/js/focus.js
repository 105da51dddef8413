// data-focus: the error summary takes the focus when the page comes back with errors.
// Its links put the cursor into the control they name.

export function focusSummary(root) {
  const summary = root.querySelector("[data-focus]");
  if (!summary) return;
  for (const link of summary.querySelectorAll('a[href^="#"]')) {
    link.addEventListener("click", (event) => {
      const control = root.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (!control) return;
      event.preventDefault();
      // A row or a heading takes no focus by itself.
      if (control.tabIndex < 0) control.tabIndex = -1;
      const field = control.closest(".field") ?? control;
      field.scrollIntoView({ block: "start" });
      control.focus({ preventScroll: true });
    });
  }
  summary.focus();
}
