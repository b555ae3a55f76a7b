// Charts of tables: drawn from `data-chart` when they come into view. The table stands below, with or without this.
"use strict";

(function () {
  const library = document.currentScript.dataset.library;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const drawn = new Map();
  let loading = null;

  const load = () => {
    loading = loading || new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = library;
      script.addEventListener("load", () => resolve(window.echarts));
      script.addEventListener("error", reject);
      document.head.append(script);
    });
    return loading;
  };

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const numbers = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 });
  const short = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact" });
  const worded = (value, unit) => (value === null || value === undefined ? "–" : `${numbers.format(value)} ${unit}`.trim());

  // One series, one colour; several differ by pattern too, for who does not tell colours apart.
  const series = (data) => data.series.map((one) => ({
    name: one.name,
    data: one.data,
    type: data.kind === "line" ? "line" : "bar",
    stack: data.kind === "stacked" ? "all" : undefined,
    barMaxWidth: 36,
    symbolSize: 7,
    connectNulls: false,
  }));

  const options = (data) => {
    const text = { color: colour("--ink-soft"), fontFamily: getComputedStyle(document.body).fontFamily };
    const line = { lineStyle: { color: colour("--line") } };
    const names = { type: "category", data: data.labels, inverse: data.kind === "rows", axisLine: line, axisTick: { show: false }, axisLabel: { ...text, hideOverlap: true, width: 150, overflow: "truncate" } };
    const values = { type: "value", axisLabel: { ...text, formatter: (value) => short.format(value) }, splitLine: { lineStyle: { color: colour("--line-soft") } } };
    return {
      animation: !still.matches,
      animationDuration: 300,
      color: [1, 2, 3, 4, 5, 6].map((n) => colour(`--chart-${n}`)),
      textStyle: text,
      aria: { enabled: true, label: { enabled: false }, decal: { show: data.kind !== "line" && data.series.length > 1 } },
      grid: { left: 8, right: 16, top: data.series.length > 1 ? 40 : 16, bottom: 8, containLabel: true },
      legend: data.series.length > 1 ? { top: 0, left: 0, type: "scroll", textStyle: text, pageTextStyle: text } : undefined,
      // Drawn on the canvas: a tooltip of HTML would need inline styles, which the policy forbids.
      tooltip: {
        trigger: "axis",
        renderMode: "richText",
        confine: true,
        backgroundColor: colour("--paper"),
        borderColor: colour("--line"),
        textStyle: { ...text, color: colour("--ink") },
        valueFormatter: (value) => worded(value, data.unit),
      },
      xAxis: data.kind === "rows" ? values : names,
      yAxis: data.kind === "rows" ? names : values,
      series: series(data),
    };
  };

  // The arrows walk along the categories and say their numbers; Escape leaves.
  const walk = (figure, chart, data) => {
    let at = -1;
    figure.addEventListener("keydown", (event) => {
      const last = data.labels.length - 1;
      const to = { ArrowRight: Math.min(at + 1, last), ArrowLeft: Math.max(at - 1, 0), Home: 0, End: last }[event.key];
      if (event.key === "Escape") { at = -1; chart.dispatchAction({ type: "hideTip" }); return; }
      if (to === undefined || last < 0) { return; }
      event.preventDefault();
      at = to;
      chart.dispatchAction({ type: "showTip", seriesIndex: 0, dataIndex: at });
      const said = data.series.map((one) => `${one.name} ${worded(one.data[at], data.unit)}`);
      document.getElementById("announcer").textContent = `${data.labels[at]}: ${said.join(", ")}`;
    });
    figure.addEventListener("blur", () => chart.dispatchAction({ type: "hideTip" }));
  };

  const draw = async (figure) => {
    const data = JSON.parse(figure.dataset.chart);
    try {
      const echarts = await load();
      if (data.kind === "rows") { figure.style.height = `${4 + data.labels.length * data.series.length}rem`; }
      const chart = echarts.init(figure, null, { renderer: "canvas" });
      chart.setOption(options(data));
      drawn.set(figure, { chart, data });
      walk(figure, chart, data);
      new ResizeObserver(() => chart.resize()).observe(figure);
      figure.dataset.drawn = "yes";
    } catch (error) {
      figure.hidden = true; // The table says it all.
    }
  };

  const again = () => drawn.forEach(({ chart, data }) => chart.setOption(options(data), true));
  dark.addEventListener("change", again);
  still.addEventListener("change", again);

  window.addEventListener("beforeprint", () => document.querySelectorAll("[data-numbers]").forEach((one) => { one.open = true; }));

  const seen = new IntersectionObserver((entries) => entries.filter((one) => one.isIntersecting).forEach((one) => {
    seen.unobserve(one.target);
    draw(one.target);
  }), { rootMargin: "200px" });
  document.querySelectorAll("[data-chart]").forEach((figure) => {
    figure.hidden = false;
    seen.observe(figure);
  });
})();
