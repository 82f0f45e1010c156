// Copy buttons for BibTeX. Without JavaScript they stay hidden, and the text can be selected.
(() => {
  const copy = async (text) => {
    // Browsers give the clipboard to https and localhost only; elsewhere the old way is left.
    if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };
  const bind = () => {
    for (const button of document.querySelectorAll("button[data-cw-copy]")) {
      if (!button.hidden) continue;
      button.hidden = false;
      const label = button.textContent;
      button.setAttribute("aria-live", "polite");
      button.addEventListener("click", async () => {
        button.textContent = (await copy(button.dataset.cwCopy)) ? "Copied" : "Select and copy it below";
        setTimeout(() => { button.textContent = label; }, 2000);
      });
    }
  };
  // With instant navigation Material replaces the page without loading it; elsewhere there is one page.
  if (typeof document$ !== "undefined") document$.subscribe(bind);
  else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", bind);
  else bind();
})();
