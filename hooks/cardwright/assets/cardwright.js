// Copy buttons for BibTeX. Without JavaScript they stay hidden, and the text can be selected.
(() => {
  const bind = () => {
    for (const button of document.querySelectorAll("button[data-cw-copy]")) {
      if (!button.hidden) continue;
      button.hidden = false;
      const label = button.textContent;
      button.setAttribute("aria-live", "polite");
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(button.dataset.cwCopy);
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = label; }, 2000);
      });
    }
  };
  // With instant navigation Material replaces the page without loading it; elsewhere there is one page.
  if (typeof document$ !== "undefined") document$.subscribe(bind);
  else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", bind);
  else bind();
})();
