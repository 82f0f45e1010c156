// Two to four cards side by side: ?m=first&m=second. Everything shown is read from the card.json of each.
(() => {
  const MOST = 4;
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name in element && typeof value !== "string") element[name] = value;
      else element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  };

  // Values as text, as the cards' own pages write them.
  const bytes = (size) => {
    for (const [power, unit] of [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"]])
      if (size >= power) return `${(size / power).toFixed(1)} ${unit} (${size.toLocaleString("en")} bytes)`;
    return `${size} bytes`;
  };
  const say = (value) => {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return value.toLocaleString("en", { maximumFractionDigits: 20 });
    if (Array.isArray(value)) return value.map(say).filter((text) => text).join(", ");
    if (typeof value === "object") return Object.entries(value).map(([key, inner]) => `${key}: ${say(inner)}`).join(", ");
    return String(value);
  };
  const shape = (dims) => (dims === null ? "" : ` [${dims.map((dim) => dim ?? "?").join(" × ")}]`);
  const tensors = (values) => values.map((value) => `${value.name}: ${value.dtype}${shape(value.shape)}`).join("; ");
  const FACTS = {
    size_bytes: bytes, weight_bytes: (size) => (size ? bytes(size) : ""), ir_version: String, inputs: tensors, outputs: tensors,
    external_data: (files) => files.map((file) => file.location).join(", "),
    macs: (count) => (count === null ? "not counted" : say(count)),
  };

  const metadataRows = (models, settings) => settings.metadata.map(([key, label]) => [label, models.map((model) => say(model.card[key]))]);
  const factRows = (models, settings) => settings.facts.map(([key, label]) => [label, models.map((model) => {
    const facts = model.files.find((file) => file.facts)?.facts;
    return facts ? (FACTS[key] ?? say)(facts[key]) : "";
  })]);
  const claimRow = (models) => ["Statements of the card", models.map((model) => {
    const claims = model.files.flatMap((file) => file.claims);
    const count = (verdict) => claims.filter((claim) => claim.verdict === verdict && !claim.accepted).length;
    return claims.length ? `${count("verified")} agree with the file, ${count("contradicted")} differ` : "";
  })];
  // A row for what the leaderboards compare: the same task, dataset, metric, split, settings and unit.
  const resultRows = (models) => {
    const rows = new Map();
    models.forEach((model, index) => {
      for (const result of model.results) {
        const by = result.comparison ?? { task: result.task, dataset: result.dataset, metric: result.metric, unit: result.unit };
        const key = JSON.stringify([by.task, by.dataset, by.metric, by.config, by.split, by.settings, by.unit]);
        const row = rows.get(key) ?? { result, cells: models.map(() => []) };
        rows.set(key, row);
        row.cells[index].push(result);
      }
    });
    return [...rows.values()].map(({ result, cells }) => {
      const { metric, dataset } = result.comparison ?? result;
      const label = [metric, dataset].filter((text) => text).join(" on ");
      const best = cells.map((some) => {
        const numbers = some.map((one) => (one.comparison ?? one).number).filter((number) => number !== null);
        return numbers.length ? Math[result.better === "lower" ? "min" : "max"](...numbers) : null;
      });
      const known = best.filter((number) => number !== null);
      const first = result.better && known.length > 1 ? Math[result.better === "lower" ? "min" : "max"](...known) : null;
      const texts = cells.map((some) => some.map((one) => (one.model && some.length > 1 ? `${one.model}: ${one.value}` : one.value)).join(", "));
      const direction = result.better ? ` (${result.better} is better)` : "";
      return [label + direction, texts, best.map((number) => first !== null && number === first)];
    });
  };

  const drawGroup = (title, rows, width, onlyDifferences) => {
    const shown = rows.filter(([, texts]) => texts.some((text) => text))
      .map((row) => ({ row, differs: new Set(row[1]).size > 1 })).filter(({ differs }) => differs || !onlyDifferences);
    if (!shown.length) return null;
    const body = make("tbody", {}, make("tr", { class: "cw-group" }, make("th", { scope: "rowgroup", colSpan: width + 1 }, title)));
    for (const { row: [label, texts, best], differs } of shown) {
      const head = make("th", { scope: "row" }, label);
      if (differs) head.append(" ", make("span", { class: "cw-differs", title: "They differ" }, make("span", { "aria-hidden": "true" }, "≠"), make("span", { class: "cw-hidden" }, "they differ")));
      const cells = texts.map((text, index) => {
        const cell = make("td", {}, text || make("span", { class: "cw-note" }, "not stated"));
        if (best?.[index]) cell.append(" ", make("span", { class: "cw-verdict cw-verified" }, "best"));
        return cell;
      });
      body.append(make("tr", {}, head, ...cells));
    }
    return body;
  };

  const start = (place) => {
    const settings = JSON.parse(place.dataset.settings);
    const status = make("p", { role: "status", class: "cw-count" });
    const result = make("div");
    const only = make("input", { type: "checkbox", id: "cw-only" });
    const onlyLine = make("p", { class: "cw-count" }, only, " ", make("label", { for: "cw-only" }, "Only what differs"));
    const input = make("input", { id: "cw-add", list: "cw-names", autocomplete: "off", placeholder: "Name of a model" });
    const names = make("datalist", { id: "cw-names" });
    const add = make("form", { class: "cw-adder" }, make("label", { for: "cw-add" }, "Add a model "), input, names, " ", make("button", { type: "submit", class: "cw-button" }, "Add"));
    place.replaceChildren(add, status, onlyLine, result);
    let all = null;

    const read = () => [...new Set(new URLSearchParams(location.search).getAll("m"))].slice(0, MOST);
    const go = (slugs) => {
      const query = new URLSearchParams(slugs.map((slug) => ["m", slug]));
      history.pushState(history.state, "", `${location.pathname}?${query}`);
      return draw();
    };
    const fetchJson = (address) => fetch(address).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
    // Ours is called card.own.json where the card has a card.json of its own.
    const load = async (slug) => {
      const folder = settings.folder.replace("SLUG", encodeURIComponent(slug));
      const found = await fetchJson(`${folder}card.json`);
      return found?.slug === slug ? found : fetchJson(`${folder}card.own.json`);
    };

    const draw = async () => {
      const slugs = read();
      add.hidden = slugs.length >= MOST;
      const loaded = await Promise.all(slugs.map(load));
      const models = loaded.filter((model) => model);
      const missing = slugs.filter((slug, index) => !loaded[index]);
      const counted = models.length > 1 ? `${models.length} models side by side.` : `Choose ${models.length ? "another model" : "two to four models"} to compare.`;
      status.textContent = missing.length ? `${counted} Not found: ${missing.join(", ")}.` : counted;
      onlyLine.hidden = models.length < 2;
      if (!models.length) return result.replaceChildren();
      const heads = models.map((model) => {
        const remove = make("button", { type: "button", class: "cw-button", "aria-label": `Remove ${model.title}` }, "×");
        remove.addEventListener("click", async () => { await go(slugs.filter((slug) => slug !== model.slug)); input.focus(); });
        return make("th", { scope: "col" }, make("a", { href: settings.page.replace("SLUG", encodeURIComponent(model.slug)) }, model.title), " ", remove);
      });
      const groups = [
        ["Benchmarks", resultRows(models)], ["Model files", [...factRows(models, settings), claimRow(models)]],
        ["Metadata", [["Summary", models.map((model) => model.summary)], ...metadataRows(models, settings)]],
      ].map(([title, rows]) => drawGroup(title, rows, models.length, only.checked && models.length > 1)).filter((group) => group);
      const head = make("thead", {}, make("tr", {}, make("td", {}), ...heads));
      const table = make("table", { class: "cw-compared" }, make("caption", { class: "cw-hidden" }, "Models side by side"), head, ...groups);
      return result.replaceChildren(make("div", { class: "cw-scroll", tabindex: "0", role: "group", "aria-label": "Comparison" }, table));
    };

    const loadNames = async () => {
      all ??= await fetchJson(settings.index) ?? [];
      names.replaceChildren(...all.map((model) => make("option", { value: model.title }, model.slug)));
    };
    input.addEventListener("focus", loadNames, { once: true });
    add.addEventListener("submit", async (event) => {
      event.preventDefault();
      await loadNames();
      const wanted = input.value.trim();
      const found = all.find((model) => model.slug === wanted || collator.compare(model.title, wanted) === 0);
      if (!found) {
        status.textContent = `No model is called ${wanted}.`;
        return;
      }
      input.value = "";
      await go([...read(), found.slug]);
      (add.hidden ? result.querySelector("button") : input).focus();
    });
    only.addEventListener("change", draw);
    addEventListener("popstate", draw);
    draw();
  };

  const bind = () => {
    const place = document.getElementById("cw-compare");
    if (place && !place.querySelector("form")) start(place);
  };
  // With instant navigation Material replaces the page without loading it; elsewhere there is one page.
  if (typeof document$ !== "undefined") document$.subscribe(bind);
  else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", bind);
  else bind();
})();
