// Charts from plain JSON: the ECharts library draws, and nothing is evaluated as code, so that pages work under a strict content security policy.
// Texts of the options that begin with "theme:" are colours of the theme in force, those that begin with "format:" are one of the formats below.
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

const color = variable => {
  // A probe resolves color-mix() and nested variables to one colour that a canvas understands.
  const probe = document.createElement('span');
  probe.style.color = `var(${variable})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
};

const numberOf = value => Array.isArray(value) ? value[value.length - 1] : value;
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

const resolve = (value, colors) => {
  if (typeof value === 'string') {
    return value.startsWith('theme:') ? colors[value.slice(6)] ?? value : value.startsWith('format:') ? format(value.slice(7)) : value;
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

// Draws, or draws again with other options. The element keeps one chart until it is disposed of.
export const show = async (element, json, dragZoom, page) => {
  const echarts = await load();
  if (!element?.isConnected) {
    return;
  }
  let entry = charts.get(element);
  if (!entry) {
    entry = { chart: echarts.init(element, null, { renderer: 'canvas' }), page };
    entry.observer = new ResizeObserver(() => entry.chart.resize());
    entry.observer.observe(element);
    charts.set(element, entry);
    listen(entry);
  }
  entry.options = JSON.parse(json);
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
