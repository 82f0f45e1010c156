// Copy buttons for BibTeX, and buttons that load images of other hosts. Without JavaScript the text can be selected,
// and the images are links.
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
  const bindCopies = () => {
    for (const button of document.querySelectorAll("button[data-cw-copy]")) {
      if (!button.hidden) continue;
      button.hidden = false;
      const label = [...button.childNodes];
      button.setAttribute("aria-live", "polite");
      button.addEventListener("click", async () => {
        button.textContent = (await copy(button.dataset.cwCopy)) ? "Copied" : "Select and copy it below";
        setTimeout(() => { button.replaceChildren(...label); }, 2000);
      });
    }
  };

  const fetchImage = (place) => new Promise((done, fail) => {
    const image = new Image();
    image.alt = place.textContent;
    image.referrerPolicy = "no-referrer";
    for (const name of ["width", "height"]) {
      const size = place.getAttribute(`data-cw-${name}`);
      if (size) image.setAttribute(name, size);
    }
    image.addEventListener("load", () => done(image));
    image.addEventListener("error", fail);
    image.src = place.dataset.cwSrc;
  });
  // One button for the images in one link, behind it: a button in a link would be neither. Else in the image's place.
  const offerImages = (places, link, say) => {
    const names = places.map((place) => place.textContent).join(", ");
    const button = document.createElement("button");
    button.type = "button";
    button.className = link ? "cw-load" : "cw-image";
    button.textContent = link ? "Load image" : names;
    button.setAttribute("aria-label", `Load image: ${names}`);
    button.title = places.map((place) => place.dataset.cwSrc).join("\n");
    if (link) {
      const pair = document.createElement("span");
      pair.className = "cw-pair";
      link.replaceWith(pair);
      pair.append(link, button);
    } else places[0].replaceWith(button);
    button.addEventListener("click", async () => {
      if (button.getAttribute("aria-busy")) return;
      button.setAttribute("aria-busy", "true");
      say(`Loading image: ${names}`);
      const loaded = await Promise.all(places.map(fetchImage)).catch(() => null);
      const focused = document.activeElement === button;
      const [first] = loaded ?? places;
      if (loaded && link) places.forEach((place, index) => place.replaceWith(loaded[index]));
      if (!loaded) places[0].classList.add("cw-failed");
      if (link) button.remove(); else button.replaceWith(first);
      say(`${loaded ? "Image loaded" : "Image could not be loaded"}: ${names}`);
      if (!focused) return;
      if (loaded && !link) first.tabIndex = -1;
      (link ?? first).focus();
    });
  };
  const bindImages = () => {
    const places = [...document.querySelectorAll(".cw-image[data-cw-src]:not([data-cw-offered])")];
    if (!places.length) return;
    const status = document.createElement("p");
    status.className = "cw-hidden";
    status.setAttribute("role", "status");
    places[0].closest(".md-content, body").append(status);
    const say = (text) => { status.textContent = text; };
    const byLink = new Map();
    for (const place of places) {
      place.dataset.cwOffered = "";
      const link = place.matches("a") ? null : place.closest("a");
      const key = link ?? place;
      byLink.set(key, [...(byLink.get(key) ?? []), place]);
    }
    for (const [key, group] of byLink) offerImages(group, key === group[0] ? null : key, say);
  };

  const bind = () => {
    bindCopies();
    bindImages();
  };
  // With instant navigation Material replaces the page without loading it; elsewhere there is one page.
  if (typeof document$ !== "undefined") document$.subscribe(bind);
  else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", bind);
  else bind();
})();
