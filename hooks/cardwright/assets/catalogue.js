// Finds, filters, sorts and selects models in index.json; the state stands in the address, so a view can be shared.
// Without JavaScript the page holds its rows, and links to the next hundred.
(() => {
  const SHOWN = 100;
  const MOST_COMPARED = 4;
  const CHECKED = { verified: "verified by its file", contradicted: "contradicted by its file", unchecked: "not checked" };
  const NUMBERS = { parameters: "parameters", macs: "macs", size: "size_bytes" };

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name in element && typeof value !== "string") element[name] = value;
      else element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  };
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const valuesOf = (model, facet) => [model[facet]].flat().filter((value) => value);
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  // As the page itself writes numbers.
  const short = (number, billion = "B") => {
    for (const [power, unit] of [[1e12, "T"], [1e9, billion], [1e6, "M"], [1e3, "k"]])
      if (number >= power * 0.9995) return `${Number((number / power).toPrecision(3))}\u00a0${unit}`;
    return String(number);
  };
  const bytes = (size) => {
    for (const [power, unit] of [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"]])
      if (size >= power) return `${(size / power).toFixed(1)} ${unit}`;
    return `${size} bytes`;
  };

  const CELLS = {
    task: ["Task", (model) => [model.task]],
    dataset: ["Dataset", (model) => [model.datasets.slice(0, 3).join(", ") + (model.datasets.length > 3 ? " …" : "")]],
    result: ["Result", ({ headline }) => {
      if (!headline) return [];
      const unit = headline.unit && !headline.value.includes(headline.unit) ? `\u00a0${headline.unit}` : "";
      return [`${headline.value}${unit} `, make("small", {}, headline.metric.replace("(%)", "").trim())];
    }],
    parameters: ["Parameters", (model) => [model.parameters === null ? "" : short(model.parameters)]],
    macs: ["MACs", (model) => [model.macs ? short(model.macs, "G") : ""]],
    size: ["File size", (model) => [model.size_bytes === null ? "" : bytes(model.size_bytes)]],
    license: ["Licence", (model) => [model.license]],
  };

  // What a column is sorted by: numbers with the missing last, results by metric and then the best first.
  const ORDERS = {
    title: (a, b) => a.place - b.place,
    result: (a, b) => collator.compare(a.headline.metric, b.headline.metric)
      || (b.headline.number - a.headline.number) * (a.headline.better === "lower" ? -1 : 1),
    dataset: (a, b) => collator.compare(a.datasets[0], b.datasets[0]),
  };
  const has = (model, column) => ({
    result: () => model.headline && model.headline.number !== null,
    dataset: () => model.datasets.length,
    title: () => true,
  }[column] ?? (() => (column in NUMBERS ? model[NUMBERS[column]] !== null : model[column])))();
  const orderOf = (column) => ORDERS[column]
    ?? (column in NUMBERS ? (a, b) => a[NUMBERS[column]] - b[NUMBERS[column]] : (a, b) => collator.compare(a[column], b[column]));

  const start = (tools) => {
    const settings = JSON.parse(tools.dataset.settings);
    const table = document.querySelector(".cw-models");
    const body = table.tBodies[0];
    const total = document.querySelector(".cw-total");
    const given = { rows: [...body.rows], total: total.textContent };
    const pages = document.querySelector(".cw-pages");
    let models = null;
    let loading = null;
    let shown = SHOWN;
    let chosen = [];
    const state = { q: "", sort: "", facets: new Map() };
    for (const box of tools.querySelectorAll(".cw-facet")) state.facets.set(box.dataset.facet, new Set());

    // The address ------------------------------------------------------------------------------------------------
    const readAddress = () => {
      const query = new URLSearchParams(location.search);
      state.q = query.get("find") ?? ""; // `q` is the site's own search
      state.sort = query.get("sort") ?? "";
      for (const [key, values] of state.facets) {
        values.clear();
        for (const value of query.getAll(key)) values.add(value);
      }
    };
    const writeAddress = () => {
      const query = new URLSearchParams();
      if (state.q) query.set("find", state.q);
      for (const [key, values] of state.facets) for (const value of values) query.append(key, value);
      if (state.sort) query.set("sort", state.sort);
      const text = query.toString();
      history.replaceState(history.state, "", `${location.pathname}${text ? `?${text}` : ""}${location.hash}`);
    };
    const isPlain = () => !state.q && !state.sort && [...state.facets.values()].every((values) => !values.size);

    // The data ---------------------------------------------------------------------------------------------------
    const load = () => (loading ??= fetch(settings.index).then((answer) => answer.json()).then((found) => {
      found.forEach((model, place) => {
        model.place = place;
        const words = [model.title, model.slug, model.summary, model.task, model.license, model.library];
        model.words = plain([...words, ...model.datasets, ...model.tags].join(" "));
      });
      models = found;
      return models;
    }).catch(() => {
      loading = null;
      status.textContent = "The list could not be loaded; the table below is as it was built.";
      return null;
    }));

    const matches = (model, words, without) => words.every((word) => model.words.includes(word))
      && [...state.facets].every(([key, values]) => key === without || !values.size
        || valuesOf(model, key).some((value) => values.has(value)));

    const find = () => {
      const words = plain(state.q).split(/\s+/).filter((word) => word);
      const found = models.filter((model) => matches(model, words));
      const column = state.sort.replace(/^-/, "");
      if (!column) return found;
      const known = found.filter((model) => has(model, column));
      const sign = state.sort.startsWith("-") ? -1 : 1;
      const order = orderOf(column);
      known.sort((a, b) => sign * order(a, b) || a.place - b.place);
      return [...known, ...found.filter((model) => !has(model, column))];
    };

    // The table --------------------------------------------------------------------------------------------------
    const makeRow = (model) => {
      const address = settings.page.replace("SLUG", encodeURIComponent(model.slug));
      const name = make("th", { scope: "row" }, makeChoice(model.slug, model.title), make("a", { href: address }, model.title));
      if (model.checked === "contradicted") {
        const hidden = make("span", { class: "cw-hidden" }, "its file contradicts the card");
        const sign = make("span", { "aria-hidden": "true" }, "✗");
        name.append(" ", make("span", { class: "cw-flag", title: "Its file contradicts the card" }, sign, hidden));
      }
      const summary = model.summary.length > 120 ? `${model.summary.slice(0, 117).replace(/\s+\S*$/, "")}...` : model.summary;
      name.append(make("small", {}, summary));
      const cells = settings.columns.map((column) => {
        const [label, write] = CELLS[column];
        return make("td", { "data-label": label, ...(column in NUMBERS ? { class: "cw-number" } : {}) }, ...write(model).filter((part) => part));
      });
      return make("tr", {}, name, ...cells);
    };

    const draw = () => {
      if (!models) return;
      const found = find();
      body.replaceChildren(...found.slice(0, shown).map(makeRow));
      if (pages) pages.hidden = true;
      more.hidden = found.length <= shown;
      more.textContent = `Show ${Math.min(SHOWN, found.length - shown)} more`;
      const count = `${found.length.toLocaleString("en")} of ${models.length.toLocaleString("en")} models`;
      status.textContent = found.length ? count : `${count}: remove a filter, or use fewer words.`;
      total.hidden = true;
      for (const head of table.tHead.rows[0].cells) {
        const column = head.dataset.sort;
        const sorted = state.sort.replace(/^-/, "") === column;
        if (sorted) head.setAttribute("aria-sort", state.sort.startsWith("-") ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      }
      sorter.value = state.sort;
      drawFacets();
      drawActive();
    };

    const update = async () => {
      shown = SHOWN;
      writeAddress();
      if (await load()) draw();
    };

    // The tools --------------------------------------------------------------------------------------------------
    const search = tools.querySelector("#cw-find");
    const status = tools.querySelector(".cw-count");
    const active = tools.querySelector(".cw-active");
    const more = make("button", { type: "button", class: "cw-button cw-more", hidden: true }, "Show more");
    const facets = new Map();
    for (const box of tools.querySelectorAll(".cw-facet")) {
      const list = box.querySelector(".cw-options");
      facets.set(box.dataset.facet, { box, list, label: box.querySelector("summary").textContent });
      box.addEventListener("toggle", async () => {
        if (!box.open) return;
        for (const other of facets.values()) if (other.box !== box) other.box.open = false;
        if (await load()) drawFacets();
      });
      box.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !box.open) return;
        box.open = false;
        box.querySelector("summary").focus();
      });
    }
    document.addEventListener("click", (event) => {
      for (const { box } of facets.values()) if (box.open && !box.contains(event.target)) box.open = false;
    });

    // On phones the table has no head to sort by.
    const sorter = tools.querySelector("#cw-sorter");
    for (const head of [...table.tHead.rows[0].cells].slice(1)) {
      const column = head.dataset.sort;
      const orders = column in NUMBERS ? [["-", "largest first"], ["", "smallest first"]] : [["", ""]];
      for (const [sign, order] of orders)
        sorter.append(make("option", { value: sign + column }, `by ${head.textContent.toLowerCase()}${order ? `, ${order}` : ""}`));
    }
    sorter.addEventListener("change", () => { state.sort = sorter.value; update(); });

    const drawFacets = () => {
      const words = plain(state.q).split(/\s+/).filter((word) => word);
      for (const [key, { box, list, label }] of facets) {
        const values = state.facets.get(key);
        box.querySelector("summary").textContent = values.size ? `${label} (${values.size})` : label;
        if (!box.open) continue;
        const counts = new Map();
        for (const model of models)
          if (matches(model, words, key)) for (const value of valuesOf(model, key)) counts.set(value, (counts.get(value) ?? 0) + 1);
        for (const value of values) if (!counts.has(value)) counts.set(value, 0);
        const ordered = [...counts].sort(key === "size_class"
          ? (a, b) => settings.sizes.indexOf(a[0]) - settings.sizes.indexOf(b[0])
          : (a, b) => values.has(b[0]) - values.has(a[0]) || b[1] - a[1] || collator.compare(a[0], b[0]));
        const focused = list.contains(document.activeElement) ? document.activeElement.value : null;
        list.replaceChildren(...ordered.slice(0, 200).map(([value, count]) => {
          const input = make("input", { type: "checkbox", checked: values.has(value), value });
          input.addEventListener("change", () => {
            if (input.checked) values.add(value);
            else values.delete(value);
            update();
          });
          return make("label", {}, input, " ", key === "checked" ? CHECKED[value] : value, " ", make("span", { class: "cw-note" }, String(count)));
        }));
        if (focused !== null) [...list.querySelectorAll("input")].find((input) => input.value === focused)?.focus();
      }
    };

    const drawActive = () => {
      const items = [];
      for (const [key, values] of state.facets) {
        for (const value of values) {
          const name = `${facets.get(key).label}: ${key === "checked" ? CHECKED[value] ?? value : value}`;
          const button = make("button", { type: "button", class: "cw-button", "aria-label": `Remove the filter ${name}` }, `${name} `, make("span", { "aria-hidden": "true" }, "×"));
          button.addEventListener("click", () => { values.delete(value); update(); search.focus(); });
          items.push(button);
        }
      }
      if (!isPlain()) {
        const clear = make("button", { type: "button", class: "cw-button" }, "Clear all");
        clear.addEventListener("click", () => {
          state.q = search.value = state.sort = "";
          for (const values of state.facets.values()) values.clear();
          update();
          search.focus();
        });
        items.push(clear);
      }
      active.replaceChildren(...items);
      active.hidden = !items.length;
    };

    for (const head of table.tHead.rows[0].cells) {
      const column = head.dataset.sort;
      const button = make("button", { type: "button", class: "cw-sort" }, head.textContent);
      button.addEventListener("click", () => {
        const first = column in NUMBERS ? `-${column}` : column;
        const second = column in NUMBERS ? column : `-${column}`;
        state.sort = state.sort === first ? second : state.sort === second ? "" : first;
        update();
      });
      head.replaceChildren(button);
    }

    // Comparing --------------------------------------------------------------------------------------------------
    const compare = make("a", { class: "cw-button", href: settings.compare });
    const tray = make("div", { class: "cw-tray", role: "region", "aria-label": "Models to compare", hidden: true }, compare);
    const drawTray = () => {
      tray.hidden = !chosen.length;
      const enough = chosen.length > 1;
      compare.textContent = enough ? `Compare ${chosen.length} models` : "Choose another model to compare";
      const query = new URLSearchParams(chosen.map((slug) => ["m", slug]));
      compare.setAttribute("href", `${settings.compare}?${query}`);
      for (const input of body.querySelectorAll("input")) input.disabled = chosen.length >= MOST_COMPARED && !input.checked;
    };
    const makeChoice = (slug, title) => {
      const input = make("input", { type: "checkbox", class: "cw-choice", checked: chosen.includes(slug), "aria-label": `Compare ${title}` });
      input.disabled = chosen.length >= MOST_COMPARED && !input.checked;
      input.addEventListener("change", () => {
        chosen = input.checked ? [...chosen, slug] : chosen.filter((other) => other !== slug);
        drawTray();
      });
      return input;
    };
    for (const row of given.rows) {
      const link = row.querySelector("th a");
      const slug = decodeURIComponent(new URL(link.href).pathname.replace(/(\/|\.html)$/, "").split("/").pop());
      link.before(makeChoice(slug, link.textContent));
    }

    // ------------------------------------------------------------------------------------------------------------
    search.addEventListener("input", () => { state.q = search.value; update(); });
    tools.addEventListener("focusin", load, { once: true });
    tools.addEventListener("pointerenter", load, { once: true });
    more.addEventListener("click", () => {
      const next = shown;
      shown += SHOWN;
      draw();
      body.rows[next]?.querySelector("a").focus();
    });
    table.closest(".cw-scroll").after(more, tray);
    const follow = () => {
      readAddress();
      search.value = state.q;
      if (!isPlain() || models) load().then(draw);
      drawActive();
    };
    addEventListener("popstate", follow);
    follow();
  };

  const bind = () => {
    const tools = document.getElementById("cw-tools");
    if (!tools || tools.dataset.started) return;
    tools.dataset.started = "yes";
    start(tools);
  };
  // With instant navigation Material replaces the page without loading it; elsewhere there is one page.
  if (typeof document$ !== "undefined") document$.subscribe(bind);
  else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", bind);
  else bind();
})();
