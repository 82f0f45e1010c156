// Material fetches the search index with every page, before anyone searches. It waits here until someone does.
(() => {
  const wanted = new Promise((resolve) => {
    if (/[?&][qh]=/.test(location.search)) resolve();
    const isSearch = (event) => event.target instanceof Element && event.target.closest(".md-search, [for='__search']");
    for (const name of ["focusin", "pointerover", "pointerdown"])
      document.addEventListener(name, (event) => { if (isSearch(event)) resolve(); }, { passive: true });
    // Material's own keys for it.
    document.addEventListener("keydown", (event) => { if (["/", "f", "s"].includes(event.key)) resolve(); });
  });
  const { open, send } = XMLHttpRequest.prototype;
  const waiting = new WeakSet();
  XMLHttpRequest.prototype.open = function (method, address, ...rest) {
    if (String(address).endsWith("/search/search_index.json")) waiting.add(this);
    return open.call(this, method, address, ...rest);
  };
  XMLHttpRequest.prototype.send = function (body) {
    if (waiting.has(this)) wanted.then(() => send.call(this, body));
    else send.call(this, body);
  };
})();
