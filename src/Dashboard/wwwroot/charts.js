// Charts from plain JSON: the ECharts library draws, and nothing is evaluated as code, so that pages work under a strict content security policy.
// Texts of the options that begin with "theme:" are colours of the theme in force, those that begin with "format:" are one of the formats below, and
// "label:"
// shortens the names on an axis, and "draw:" names how a custom series draws its items.
const charts = new Map();

let library;
const load = () => library ??= new Promise((resolve, reject) => {
  const script = document.createElement('script');
  script.src = '_content/Vizor.ECharts/js/vizor-echarts-bundle-min.js';
  script.onload = () => resolve(globalThis.echarts);
  script.onerror = () => { library = undefined; reject(new Error('The chart script did not load.')); };
  document.head.append(script);
});

const variables = {
  good: '--chart-good', warning: '--chart-warning', bad: '--chart-bad', quiet: '--chart-quiet', busy: '--chart-busy',
  text: '--mud-palette-text-secondary', strong: '--mud-palette-text-primary', line: '--mud-palette-lines-default', surface: '--mud-palette-surface',
  primary: '--mud-palette-primary', background: '--mud-palette-background',
};

export const color = variable => {
  // A probe resolves color-mix() and nested variables to one colour that a canvas understands.
  const probe = document.createElement('span');
  probe.style.color = `var(${variable})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
};

const numberOf = value => Array.isArray(value) ? value[value.length - 1] : value && typeof value === 'object' ? numberOf(value.value) : value;
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const units = (value, names, step) => {
  let index = 0;
  while (Math.abs(value) >= step && index < names.length - 1) { value /= step; index++; }
  return `${short.format(value)} ${names[index]}`;
};
const duration = seconds => seconds < 60 ? `${whole.format(seconds)} s`
  : seconds < 3600 ? `${short.format(seconds / 60)} min`
  : seconds < 172800 ? `${short.format(seconds / 3600)} h` : `${short.format(seconds / 86400)} d`;
const formats = {
  integer: value => whole.format(value),
  number: value => short.format(value),
  percent: value => `${short.format(value * 100)} %`,
  duration,
  bytes: value => units(value, ['B', 'KB', 'MB', 'GB', 'TB'], 1024),
  kilobytes: value => units(value, ['KB', 'MB', 'GB', 'TB'], 1024),
};

const format = name => value => {
  const number = Number(numberOf(value));
  return value === null || value === undefined || value === '-' || Number.isNaN(number) ? '–' : (formats[name] ?? formats.number)(number);
};

// What "draw:…" draws for one item of a custom series.
const shapes = {
  // [lane, from, to, percent of the lane]: a bar along its lane, never thinner than a person can see.
  span: (parameters, api) => {
    const from = api.coord([api.value(1), api.value(0)]);
    const to = api.coord([api.value(2), api.value(0)]);
    const height = api.size([0, 1])[1] * (api.value(3) || 60) / 100;
    const area = parameters.coordSys;
    const left = Math.max(from[0], area.x);
    const right = Math.min(Math.max(to[0], from[0] + 4), area.x + area.width);
    return right < left ? null : { type: 'rect', shape: { x: left, y: from[1] - height / 2, width: Math.max(right - left, 2), height, r: 2 }, style: api.style() };
  },
};

// Short texts of the categories of an axis; the whole text stands in the tooltip.
const months = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });
const labels = {
  // "Sun 2026-11-22"
  day: text => months.format(new Date(`${text.slice(-10)}T00:00:00Z`)),
  clipped: text => text.length > 34 ? `${text.slice(0, 33)}…` : text,
};

const prefixes = {
  theme: (name, colors) => colors[name],
  format: name => format(name),
  label: name => labels[name],
  draw: name => shapes[name],
};

const resolve = (value, colors) => {
  if (typeof value === 'string') {
    const mark = value.indexOf(':');
    return mark > 0 ? prefixes[value.slice(0, mark)]?.(value.slice(mark + 1), colors) ?? value : value;
  }
  if (Array.isArray(value)) {
    return value.map(item => resolve(item, colors));
  }
  return value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, colors)])) : value;
};

// What every chart of the product shares; the options of a chart stand above it.
const asList = value => value === undefined ? undefined : Array.isArray(value) ? value : [value];
const merge = (base, above) => {
  const result = { ...base };
  for (const [key, value] of Object.entries(above ?? {})) {
    result[key] = value && typeof value === 'object' && !Array.isArray(value) && base[key] && typeof base[key] === 'object' ? merge(base[key], value) : value;
  }
  return result;
};
const axis = { axisLabel: { color: 'theme:text' }, axisLine: { lineStyle: { color: 'theme:line' } }, axisTick: { show: false }, splitLine: { lineStyle: { color: 'theme:line' } }, nameTextStyle: { color: 'theme:text' } };
const dressed = options => {
  const result = merge({ animation: false, textStyle: { color: 'theme:text', fontFamily: getComputedStyle(document.body).fontFamily } }, options);
  if (result.legend) {
    result.legend = merge({ textStyle: { color: 'theme:text' } }, result.legend);
  }
  result.tooltip = merge({ backgroundColor: 'theme:surface', borderColor: 'theme:line', textStyle: { color: 'theme:strong' }, confine: true }, result.tooltip);
  for (const name of ['xAxis', 'yAxis']) {
    result[name] = asList(result[name])?.map(one => merge(one.type === 'category' ? { ...axis, splitLine: { show: false } } : axis, one));
  }
  return result;
};

const draw = entry => {
  const colors = Object.fromEntries(Object.entries(variables).map(([name, variable]) => [name, color(variable)]));
  const zoom = entry.chart.getOption()?.dataZoom;
  entry.chart.setOption(resolve(dressed(entry.options), colors), { notMerge: true });
  if (entry.dragZoom) {
    entry.chart.setOption({ toolbox: { show: true, itemSize: 0, feature: { dataZoom: { show: true, yAxisIndex: 'none' } } } });
    entry.chart.dispatchAction({ type: 'takeGlobalCursor', key: 'dataZoomSelect', dataZoomSelectActive: true });
    if (entry.keepsZoom && zoom?.length) {
      entry.chart.dispatchAction({ type: 'dataZoom', start: zoom[0].start, end: zoom[0].end });
    }
  }
};

document.addEventListener('wsus-theme', () => requestAnimationFrame(() => {
  for (const entry of charts.values()) {
    entry.keepsZoom = true;
    draw(entry);
    entry.keepsZoom = false;
  }
}));

const listen = entry => {
  const call = (name, ...values) => entry.page?.invokeMethodAsync(name, ...values).catch(() => { });
  const surface = entry.chart.getZr();
  surface.on('dblclick', () => entry.dragZoom && entry.chart.dispatchAction({ type: 'dataZoom', start: 0, end: 100 }));
  let down;
  surface.on('mousedown', event => { down = [event.offsetX, event.offsetY]; });
  surface.on('click', event => {
    const point = [event.offsetX, event.offsetY];
    if (down && Math.hypot(down[0] - point[0], down[1] - point[1]) < 4 && entry.chart.containPixel('grid', point)) {
      const [x, y] = entry.chart.convertFromPixel({ gridIndex: 0 }, point);
      call('ChooseAsync', Number(x), Number(y));
    }
  });
  let settled;
  entry.chart.on('datazoom', () => {
    clearTimeout(settled);
    settled = setTimeout(() => {
      const zoom = entry.chart.getOption()?.dataZoom?.[0];
      if (zoom) {
        call('ZoomAsync', Number(zoom.startValue ?? 0), Number(zoom.endValue ?? 0), zoom.start > 0 || zoom.end < 100);
      }
    }, 150);
  });
};

// The keyboard walks over what a pointer would hover: one stop for each category, or for each item of a chart without categories.
const stopsOf = chart => {
  const { xAxis, yAxis, series } = chart.getOption();
  const categories = [xAxis, yAxis].map(axes => axes?.[0]).find(axis => axis?.type === 'category' && axis.data?.length);
  const isLanes = series.some(one => one.type === 'custom' || one.type === 'scatter');
  const words = one => {
    const value = typeof one.tooltip?.valueFormatter === 'function' ? one.tooltip.valueFormatter : format('number');
    return item => value(item && typeof item === 'object' && !Array.isArray(item) ? item.value : item);
  };
  if (categories && !isLanes) {
    const common = chart.getOption().tooltip?.[0]?.valueFormatter;
    return categories.data.map((name, index) => ({
      series: 0, index, x: index,
      text: `${name?.value ?? name}: ${series.filter(one => one.data?.[index] !== undefined && one.data[index] !== null).map(one => `${one.name ? `${one.name} ` : ''}${(common ?? words(one))(one.data[index]?.value ?? one.data[index])}`).join(', ')}`,
    }));
  }
  return series
    .flatMap((one, at) => (one.data ?? []).map((item, index) => ({ series: at, index, x: Number((item?.value ?? item)?.[one.type === 'custom' ? 1 : 0]), text: item?.name ?? '' })))
    .filter(stop => stop.text)
    .sort((one, other) => one.x - other.x);
};

const keep = (value, least, most) => Math.min(Math.max(value, least), most);
const onKey = (entry, event) => {
  const { chart } = entry;
  const zoom = chart.getOption()?.dataZoom?.[0];
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1, PageDown: 7, PageUp: -7, Home: -1e6, End: 1e6 }[event.key];
  if (event.ctrlKey || event.altKey || event.metaKey) {
    return;
  }
  if (step) {
    const stops = entry.stops ??= stopsOf(chart);
    if (stops.length > 0) {
      const first = entry.stop === undefined ? (step > 0 ? 0 : stops.length - 1) : entry.stop + step;
      entry.stop = keep(Math.abs(step) === 1e6 ? (step > 0 ? stops.length - 1 : 0) : first, 0, stops.length - 1);
      const stop = stops[entry.stop];
      chart.dispatchAction({ type: 'showTip', seriesIndex: stop.series, dataIndex: stop.index });
      entry.says.textContent = stop.text;
    }
  } else if ((event.key === 'Enter' || event.key === ' ') && entry.stop !== undefined) {
    const stop = entry.stops[entry.stop];
    entry.page?.invokeMethodAsync('ChooseAsync', stop.x, 0).catch(() => { });
  } else if ((event.key === '+' || event.key === '-') && entry.dragZoom && zoom) {
    const middle = entry.stop === undefined ? (zoom.start + zoom.end) / 2 : 100 * entry.stop / Math.max(1, entry.stops.length - 1);
    const half = keep((zoom.end - zoom.start) * (event.key === '+' ? 0.25 : 1), 1, 50);
    const start = keep(middle - half, 0, 100 - 2 * half);
    chart.dispatchAction({ type: 'dataZoom', start, end: start + 2 * half });
  } else if (event.key === 'Escape') {
    chart.dispatchAction({ type: 'hideTip' });
    chart.dispatchAction({ type: 'dataZoom', start: 0, end: 100 });
    entry.stop = undefined;
    entry.says.textContent = '';
  } else {
    return;
  }
  event.preventDefault();
};

// Draws, or draws again with other options. The element keeps one chart until it is disposed of.
export const show = async (element, json, dragZoom, page) => {
  const echarts = await load();
  if (!element?.isConnected) {
    return;
  }
  let entry = charts.get(element);
  if (!entry) {
    entry = { chart: echarts.init(element, null, { renderer: 'canvas' }), page, says: element.nextElementSibling };
    element.addEventListener('keydown', event => onKey(entry, event));
    element.addEventListener('blur', () => entry.chart.dispatchAction({ type: 'hideTip' }));
    entry.observer = new ResizeObserver(() => entry.chart.resize());
    entry.observer.observe(element);
    charts.set(element, entry);
    listen(entry);
  }
  entry.options = JSON.parse(json);
  entry.stops = entry.stop = undefined;
  entry.dragZoom = dragZoom;
  draw(entry);
};

export const dispose = element => {
  const entry = charts.get(element);
  if (entry) {
    charts.delete(element);
    entry.observer.disconnect();
    entry.chart.dispose();
  }
};
