// One row a server, one cell a day. Only what is in view is drawn, so that years of a hundred servers scroll as fast as a week of ten.
import { color } from './charts.js';

const cell = 14;
const row = 24;
const header = 34;
const names = 150;
const strips = new Map();
const monthName = new Intl.DateTimeFormat('en', { month: 'short', timeZone: 'UTC' });
const dayName = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' });
const keep = (value, least, most) => Math.min(Math.max(value, least), most);

const dateOf = (entry, day) => new Date(entry.first + day * 86400000);
const iso = date => date.toISOString().slice(0, 10);

// A cell is two digits of base 36 that name one of the model's kinds: [succeeded, cancelled, failed, no end recorded, running].
const kindOf = (entry, at) => entry.kinds[parseInt(entry.rows[at.row].cells.substr(at.day * 2, 2), 36)] ?? [0, 0, 0, 0, 0];

const words = (entry, at) => {
  const [succeeded, cancelled, failed, unknown, running] = kindOf(entry, at);
  const date = dateOf(entry, at.day);
  const parts = [[failed, 'failed'], [cancelled, 'cancelled'], [succeeded, 'succeeded'], [unknown, 'without a recorded end'], [running, 'running']]
    .filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const patch = entry.patchDays.has(at.day) ? ', Patch Tuesday' : '';
  return `${entry.rows[at.row].name}, ${dayName.format(date)} ${iso(date)}${patch}: ${parts.length ? parts.join(', ') : 'no synchronization'}`;
};

// Shape and colour: a tick-high square is good, a full block with a cross failed, with a dash was cancelled, a block over a green foot is a mixed day.
const paint = (context, kind, x, y, colors) => {
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
  } else {
    context.fillStyle = colors.line;
    context.fillRect(x + size / 2 - 1, top + (size + 5) / 2 - 1, 2.4, 2.4);
  }
};

const draw = entry => {
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
  const colors = entry.colors ??= Object.fromEntries(Object.entries({
    good: '--chart-good', warning: '--chart-warning', bad: '--chart-bad', quiet: '--quiet', busy: '--busy', line: '--mud-palette-lines-inputs', surface: '--surface', text: '--quiet', strong: '--text', focus: '--mud-palette-primary', rule: '--line',
  }).map(([name, variable]) => [name, color(variable)]));
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
      paint(context, kindOf(entry, { row: index, day }), x, header + index * row - top, colors);
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
    draw(entry);
  });
};

const hide = entry => { entry.tip.hidden = true; };
const tell = (entry, at) => {
  const { box, tip } = entry;
  tip.textContent = words(entry, at);
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

const open = (entry, at) => entry.page.invokeMethodAsync('OpenAsync', at.row, at.day).catch(() => { });

const move = (entry, at) => {
  entry.at = { row: keep(at.row, 0, entry.rows.length - 1), day: keep(at.day, 0, entry.days - 1) };
  const { box } = entry;
  const [x, y] = [entry.at.day * cell, entry.at.row * row];
  box.scrollLeft = keep(box.scrollLeft, x + cell * 2 - (box.clientWidth - names), x - cell);
  box.scrollTop = keep(box.scrollTop, y + row * 2 + header - box.clientHeight, y - row);
  soon(entry);
  tell(entry, entry.at);
  entry.says.textContent = words(entry, entry.at);
};

const onKey = (entry, event) => {
  if (event.target !== entry.box || event.ctrlKey || event.altKey || event.metaKey || entry.rows.length === 0) {
    return;
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
    return;
  }
  event.preventDefault();
};

const listen = entry => {
  const { box, canvas } = entry;
  box.addEventListener('scroll', () => { hide(entry); soon(entry); }, { passive: true });
  box.addEventListener('keydown', event => onKey(entry, event));
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
  entry.observer = new ResizeObserver(() => soon(entry));
  entry.observer.observe(box);
};

document.addEventListener('wsus-theme', () => requestAnimationFrame(() => {
  for (const entry of strips.values()) {
    entry.colors = undefined;
    draw(entry);
  }
}));

// Draws, or draws again with other days or servers; it begins at the newest day.
export const show = (box, json, page) => {
  if (!box?.isConnected) {
    return;
  }
  let entry = strips.get(box);
  const isNew = !entry;
  if (!entry) {
    entry = { box, page, canvas: box.querySelector('canvas'), tip: box.parentElement.querySelector('.strip-tip'), says: box.parentElement.querySelector('.strip-says') };
    strips.set(box, entry);
  }
  const model = JSON.parse(json);
  Object.assign(entry, { first: Date.parse(`${model.first}T00:00:00Z`), days: model.days, rows: model.rows, kinds: model.kinds, patchDays: new Set(model.patchDays), at: undefined });
  if (isNew) {
    listen(entry);
  }
  box.scrollLeft = box.scrollWidth;
  draw(entry);
};

export const dispose = box => {
  const entry = strips.get(box);
  if (entry) {
    strips.delete(box);
    entry.observer.disconnect();
    cancelAnimationFrame(entry.frame);
  }
};
