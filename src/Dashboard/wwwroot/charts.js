// Everything that is drawn: ECharts charts from plain JSON, and the strip of days on a canvas of its own. Nothing is evaluated as code, so that pages work
// under a strict content security policy. Both walk by keyboard, tell what they show in a live region, and follow the theme.
// Texts of chart options that begin with "theme:" are colours of the theme in force, those that begin with "format:" are one of the formats below, "label:"
// shortens the names on an axis, and "draw:" names how a custom series draws its items.

// By element: { page, says, recolor(), resize(), end(), onKey(event): true where it took the key }.
const drawn = new Map();
const keep = (value, least, most) => Math.min(Math.max(value, least), most);
const call = (entry, name, ...values) => entry.page?.invokeMethodAsync(name, ...values).catch(() => { });

const begin = (element, entry) => {
  drawn.set(element, entry);
  element.addEventListener('keydown', event => {
    if (!event.ctrlKey && !event.altKey && !event.metaKey && entry.onKey(event)) {
      event.preventDefault();
    }
  });
  entry.observer = new ResizeObserver(() => entry.resize());
  entry.observer.observe(element);
};

export const dispose = element => {
  const entry = drawn.get(element);
  if (entry) {
    drawn.delete(element);
    entry.observer.disconnect();
    entry.end();
  }
};

document.addEventListener('wsus-theme', () => requestAnimationFrame(() => drawn.forEach(entry => entry.recolor())));

const chartColors = {
  good: '--chart-good', warning: '--chart-warning', bad: '--chart-bad', quiet: '--chart-quiet', busy: '--chart-busy',
  text: '--mud-palette-text-secondary', strong: '--mud-palette-text-primary', line: '--mud-palette-lines-default', surface: '--mud-palette-surface',
  primary: '--mud-palette-primary', background: '--mud-palette-background',
};
const stripColors = {
  good: '--chart-good', warning: '--chart-warning', bad: '--chart-bad', quiet: '--quiet', busy: '--busy', line: '--mud-palette-lines-inputs',
  surface: '--surface', text: '--quiet', strong: '--text', focus: '--mud-palette-primary', rule: '--line',
};

// A probe resolves color-mix() and nested variables to one colour that a canvas understands. Without transitions: with reduced motion every element
// has a short one, and a colour that is read at once would be the one before.
const resolveColors = variables => {
  const probe = document.body.appendChild(document.createElement('span'));
  probe.style.setProperty('transition', 'none', 'important');
  const colors = Object.fromEntries(Object.entries(variables).map(([name, variable]) => {
    probe.style.color = `var(${variable})`;
    return [name, getComputedStyle(probe).color];
  }));
  probe.remove();
  return colors;
};

let library;
const load = () => library ??= new Promise((resolve, reject) => {
  const script = document.createElement('script');
  script.src = '_content/Vizor.ECharts/js/vizor-echarts-bundle-min.js';
  script.onload = () => resolve(globalThis.echarts);
  script.onerror = () => { library = undefined; reject(new Error('The chart script did not load.')); };
  document.head.append(script);
});

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
  milliseconds: value => value < 1000 ? `${whole.format(value)} ms` : value < 60000 ? `${short.format(value / 1000)} s` : duration(value / 1000),
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

const drawChart = (entry, keepsZoom) => {
  const zoom = entry.chart.getOption()?.dataZoom;
  entry.chart.setOption(resolve(dressed(entry.options), resolveColors(chartColors)), { notMerge: true });
  if (entry.dragZoom) {
    entry.chart.setOption({ toolbox: { show: true, itemSize: 0, feature: { dataZoom: { show: true, yAxisIndex: 'none' } } } });
    entry.chart.dispatchAction({ type: 'takeGlobalCursor', key: 'dataZoomSelect', dataZoomSelectActive: true });
    if (keepsZoom && zoom?.length) {
      entry.chart.dispatchAction({ type: 'dataZoom', start: zoom[0].start, end: zoom[0].end });
    }
  }
};

const listenToChart = entry => {
  const surface = entry.chart.getZr();
  surface.on('dblclick', () => entry.dragZoom && entry.chart.dispatchAction({ type: 'dataZoom', start: 0, end: 100 }));
  let down;
  surface.on('mousedown', event => { down = [event.offsetX, event.offsetY]; });
  surface.on('click', event => {
    const point = [event.offsetX, event.offsetY];
    if (down && Math.hypot(down[0] - point[0], down[1] - point[1]) < 4 && entry.chart.containPixel('grid', point)) {
      const [x, y] = entry.chart.convertFromPixel({ gridIndex: 0 }, point);
      call(entry, 'ChooseAsync', Number(x), Number(y));
    }
  });
  let settled;
  entry.chart.on('datazoom', () => {
    clearTimeout(settled);
    settled = setTimeout(() => {
      const zoom = entry.chart.getOption()?.dataZoom?.[0];
      if (zoom) {
        call(entry, 'ZoomAsync', Number(zoom.startValue ?? 0), Number(zoom.endValue ?? 0), zoom.start > 0 || zoom.end < 100);
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

const onChartKey = (entry, event) => {
  const { chart } = entry;
  const zoom = chart.getOption()?.dataZoom?.[0];
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1, PageDown: 7, PageUp: -7, Home: -1e6, End: 1e6 }[event.key];
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
    call(entry, 'ChooseAsync', stop.x, 0);
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
    return false;
  }
  return true;
};

// Draws, or draws again with other options. The element keeps one chart until it is disposed of.
export const showChart = async (element, json, dragZoom, page) => {
  const echarts = await load().catch(() => undefined);
  if (!element?.isConnected) {
    return;
  }
  if (!echarts) {
    // One file of a package: without it the page is whole but for its charts. The next chart tries again.
    element.textContent = 'This chart can\'t be drawn, because its script didn\'t load. The numbers are in the table.';
    return;
  }
  let entry = drawn.get(element);
  if (!entry) {
    const chart = echarts.init(element, null, { renderer: 'canvas' });
    entry = {
      chart, page, says: element.nextElementSibling,
      recolor: () => drawChart(entry, true), resize: () => chart.resize(), end: () => chart.dispose(), onKey: event => onChartKey(entry, event),
    };
    begin(element, entry);
    element.addEventListener('blur', () => chart.dispatchAction({ type: 'hideTip' }));
    listenToChart(entry);
  }
  Object.assign(entry, { options: JSON.parse(json), stops: undefined, stop: undefined, dragZoom });
  drawChart(entry, false);
};

// The strip: one row a server, one cell a day. Only what is in view is drawn, so that years of a hundred servers scroll as fast as a week of ten.
const cell = 14;
const row = 24;
const header = 34;
const names = 150;
const monthName = new Intl.DateTimeFormat('en', { month: 'short', timeZone: 'UTC' });
const dayName = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' });

const dateOf = (entry, day) => new Date(entry.first + day * 86400000);
const iso = date => date.toISOString().slice(0, 10);

// A cell is two digits of base 36 that name one of the model's kinds: [succeeded, cancelled, failed, no end recorded, running].
const kindOf = (entry, at) => entry.kinds[parseInt(entry.rows[at.row].cells.substr(at.day * 2, 2), 36)] ?? [0, 0, 0, 0, 0];

const tellDay = (entry, at) => {
  const [succeeded, cancelled, failed, unknown, running] = kindOf(entry, at);
  const date = dateOf(entry, at.day);
  const parts = [[failed, 'failed'], [cancelled, 'cancelled'], [succeeded, 'succeeded'], [unknown, 'without a recorded end'], [running, 'running']]
    .filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const patch = entry.patchDays.has(at.day) ? ', Patch Tuesday' : '';
  return `${entry.rows[at.row].name}, ${dayName.format(date)} ${iso(date)}${patch}: ${parts.length ? parts.join(', ') : entry.rows[at.row].isReading ? 'nothing yet, the history is being read' : 'no sync'}`;
};

// Shape and colour: a tick-high square is good, a full block with a cross failed, with a dash was cancelled, a block over a green foot is a mixed day.
const paint = (context, kind, isReading, x, y, colors) => {
  const [succeeded, cancelled, failed, unknown, running] = kind;
  const size = cell - 3;
  const top = y + (row - size - 5) / 2;
  if (failed + cancelled > 0) {
    const foot = succeeded > 0 ? 5 : 0;
    context.fillStyle = failed > 0 ? colors.bad : colors.warning;
    context.fillRect(x, top, size, size + 5 - foot);
    if (foot) {
      context.fillStyle = colors.good;
      context.fillRect(x, top + size + 5 - foot + 1, size, foot - 1);
    }
    context.strokeStyle = colors.surface;
    context.lineWidth = 1.8;
    context.beginPath();
    const [middleX, middleY] = [x + size / 2, top + (size + 5 - foot) / 2];
    if (failed > 0) {
      context.moveTo(middleX - 2.6, middleY - 2.6); context.lineTo(middleX + 2.6, middleY + 2.6);
      context.moveTo(middleX + 2.6, middleY - 2.6); context.lineTo(middleX - 2.6, middleY + 2.6);
    } else {
      context.moveTo(middleX - 3, middleY); context.lineTo(middleX + 3, middleY);
    }
    context.stroke();
  } else if (succeeded > 0) {
    context.fillStyle = colors.good;
    context.fillRect(x + 1.5, top + 4, size - 3, size - 3);
  } else if (unknown + running > 0) {
    context.strokeStyle = running > 0 ? colors.busy : colors.quiet;
    context.lineWidth = 1.4;
    context.strokeRect(x + 2, top + 4.5, size - 4, size - 4);
  } else if (isReading) {
    context.font = '10px sans-serif';
    context.textBaseline = 'alphabetic';
    context.fillStyle = colors.quiet;
    context.fillText('?', x + 3, top + size);
  } else {
    context.fillStyle = colors.line;
    context.fillRect(x + size / 2 - 1, top + (size + 5) / 2 - 1, 2.4, 2.4);
  }
};

const drawStrip = entry => {
  const { box, canvas } = entry;
  const scale = devicePixelRatio || 1;
  const width = Math.min(box.clientWidth - names, entry.days * cell);
  const height = Math.min(box.clientHeight, header + entry.rows.length * row);
  if (width <= 0 || height <= 0) {
    return;
  }
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const colors = entry.colors ??= resolveColors(stripColors);
  const context = canvas.getContext('2d');
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const [left, top] = [box.scrollLeft, box.scrollTop];
  const [firstDay, lastDay] = [Math.max(0, Math.floor(left / cell)), Math.min(entry.days - 1, Math.ceil((left + width) / cell))];
  const [firstRow, lastRow] = [Math.max(0, Math.floor(top / row)), Math.min(entry.rows.length - 1, Math.ceil((top + height) / row))];
  const font = getComputedStyle(document.body).fontFamily;

  context.save();
  context.beginPath();
  context.rect(0, header, width, height - header);
  context.clip();
  for (let day = firstDay; day <= lastDay; day++) {
    const x = day * cell - left;
    if (dateOf(entry, day).getUTCDate() === 1) {
      context.fillStyle = colors.rule;
      context.fillRect(x - 2, header, 1, height);
    }
    for (let index = firstRow; index <= lastRow; index++) {
      paint(context, kindOf(entry, { row: index, day }), entry.rows[index].isReading, x, header + index * row - top, colors);
    }
  }
  if (entry.at && entry.focused) {
    context.strokeStyle = colors.focus;
    context.lineWidth = 2;
    context.strokeRect(entry.at.day * cell - left - 1.5, header + entry.at.row * row - top + 1, cell, row - 2);
  }
  context.restore();

  context.textBaseline = 'alphabetic';
  for (let day = firstDay; day <= lastDay; day++) {
    const [date, x] = [dateOf(entry, day), day * cell - left];
    if (date.getUTCDate() === 1 || day === firstDay && date.getUTCDate() < 24) {
      context.font = `600 12px ${font}`;
      context.fillStyle = colors.strong;
      context.fillText(`${monthName.format(date)} ${date.getUTCFullYear()}`, Math.max(0, x), 13);
    }
    if (entry.patchDays.has(day)) {
      context.fillStyle = colors.focus;
      context.beginPath();
      context.moveTo(x + 1, header - 14); context.lineTo(x + cell - 4, header - 14); context.lineTo(x + (cell - 3) / 2, header - 5);
      context.fill();
    } else if (date.getUTCDay() === 1) {
      context.font = `11px ${font}`;
      context.fillStyle = colors.text;
      context.fillText(String(date.getUTCDate()), x, header - 5);
    }
  }
};

const soon = entry => {
  entry.frame ??= requestAnimationFrame(() => {
    entry.frame = undefined;
    drawStrip(entry);
  });
};

const hide = entry => { entry.tip.hidden = true; };
const tell = (entry, at) => {
  const { box, tip } = entry;
  tip.textContent = tellDay(entry, at);
  tip.hidden = false;
  const x = names + at.day * cell - box.scrollLeft + cell;
  const y = header + at.row * row - box.scrollTop + row;
  tip.style.left = `${keep(x, 4, Math.max(4, box.clientWidth - tip.offsetWidth - 4))}px`;
  tip.style.top = `${y + tip.offsetHeight > box.clientHeight ? Math.max(0, y - row - tip.offsetHeight - 4) : y + 2}px`;
};

const placeOf = (entry, event) => {
  const area = entry.canvas.getBoundingClientRect();
  const [x, y] = [event.clientX - area.left, event.clientY - area.top];
  const at = { day: Math.floor((x + entry.box.scrollLeft) / cell), row: Math.floor((y - header + entry.box.scrollTop) / row) };
  return y >= header && at.day >= 0 && at.day < entry.days && at.row >= 0 && at.row < entry.rows.length ? at : undefined;
};

const open = (entry, at) => call(entry, 'OpenAsync', at.row, at.day);

const move = (entry, at) => {
  entry.at = { row: keep(at.row, 0, entry.rows.length - 1), day: keep(at.day, 0, entry.days - 1) };
  const { box } = entry;
  const [x, y] = [entry.at.day * cell, entry.at.row * row];
  box.scrollLeft = keep(box.scrollLeft, x + cell * 2 - (box.clientWidth - names), x - cell);
  box.scrollTop = keep(box.scrollTop, y + row * 2 + header - box.clientHeight, y - row);
  soon(entry);
  tell(entry, entry.at);
  entry.says.textContent = tellDay(entry, entry.at);
};

const onStripKey = (entry, event) => {
  if (event.target !== entry.box || entry.rows.length === 0) {
    return false;
  }
  const at = entry.at ?? { row: 0, day: entry.days };
  const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0], PageDown: [10, 0], PageUp: [-10, 0], Home: [0, -at.day], End: [0, entry.days] }[event.key];
  if (step) {
    move(entry, { row: at.row + step[0], day: at.day + step[1] });
  } else if ((event.key === 'Enter' || event.key === ' ') && entry.at) {
    open(entry, entry.at);
  } else if (event.key === 'Escape') {
    hide(entry);
  } else {
    return false;
  }
  return true;
};

const listenToStrip = entry => {
  const { box, canvas } = entry;
  box.addEventListener('scroll', () => { hide(entry); soon(entry); }, { passive: true });
  box.addEventListener('focus', () => { entry.focused = box.matches(':focus-visible'); soon(entry); });
  box.addEventListener('blur', () => { entry.focused = false; hide(entry); soon(entry); });
  canvas.addEventListener('mousemove', event => {
    const at = placeOf(entry, event);
    canvas.style.cursor = at ? 'pointer' : 'default';
    at ? tell(entry, at) : hide(entry);
  });
  canvas.addEventListener('mouseleave', () => hide(entry));
  canvas.addEventListener('click', event => {
    const at = placeOf(entry, event);
    if (at) {
      open(entry, at);
    }
  });
};

// Draws, or draws again with other days or servers; it begins at the newest day.
export const showStrip = (box, json, page) => {
  if (!box?.isConnected) {
    return;
  }
  let entry = drawn.get(box);
  const isNew = !entry;
  if (isNew) {
    const find = selector => box.parentElement.querySelector(selector);
    entry = {
      box, page, canvas: box.querySelector('canvas'), tip: find('.strip-tip'), says: find('.strip-says'),
      recolor: () => { entry.colors = undefined; drawStrip(entry); }, resize: () => soon(entry), end: () => cancelAnimationFrame(entry.frame), onKey: event => onStripKey(entry, event),
    };
  }
  const model = JSON.parse(json);
  Object.assign(entry, { first: Date.parse(`${model.first}T00:00:00Z`), days: model.days, rows: model.rows, kinds: model.kinds, patchDays: new Set(model.patchDays), at: undefined });
  if (isNew) {
    begin(box, entry);
    listenToStrip(entry);
  }
  box.scrollLeft = box.scrollWidth;
  drawStrip(entry);
};
