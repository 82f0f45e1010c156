// Browsers refuse workers and requests to pages that are opened as files. There, a worker runs in a frame, and a file
// of data is answered from the script that holds the same. Loaded only by sites that are built for this.
(() => {
  if (location.protocol !== "file:") return;
  const root = new URL("../../", document.currentScript.src).href;

  const load = (into, address) => new Promise((done, fail) => {
    const script = into.createElement("script");
    script.addEventListener("load", () => done(script));
    script.addEventListener("error", fail);
    script.src = address;
    into.head.append(script);
  });

  // Material's own script of the search knows what it runs in by this name.
  window.IFrameWorker = window.Worker = class extends EventTarget {
    #frame = document.createElement("iframe");
    #ready;
    onmessage = null;
    constructor(address) {
      super();
      this.#frame.hidden = true;
      document.body.append(this.#frame);
      const inner = this.#frame.contentWindow;
      inner.postMessage = (data) => {
        const event = new MessageEvent("message", { data });
        this.dispatchEvent(event);
        this.onmessage?.(event);
      };
      inner.importScripts = async (...addresses) => { for (const each of addresses) await load(inner.document, each); };
      this.#ready = load(inner.document, new URL(address, document.baseURI).href);
    }
    postMessage(data) {
      this.#ready.then(() => this.#frame.contentWindow.dispatchEvent(new MessageEvent("message", { data })));
    }
    terminate() { this.#frame.remove(); }
  };

  window.fetch = async (address) => {
    const file = new URL(address, document.baseURI).href.slice(root.length);
    try {
      const { answer } = await load(document, `${root}assets/cardwright/data/${file}.js`);
      return new Response(answer);
    } catch {
      return new Response("", { status: 404 });
    }
  };
})();
