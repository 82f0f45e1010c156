// What Material's own scripts add to a page, said to assistive technology and reached by keyboard.
(() => {
  const mend = () => {
    // A page with several code blocks has several of these; they are no landmarks.
    for (const bar of document.querySelectorAll("nav.md-code__nav:not([role])")) bar.setAttribute("role", "presentation");
    for (const frame of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])")) {
      frame.tabIndex = 0;
      frame.setAttribute("role", "group");
      frame.setAttribute("aria-label", "Table");
    }
  };
  const watch = () => {
    mend();
    new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", watch);
  else watch();
})();
