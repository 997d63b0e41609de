export const start = () => {
  // From here on a click is answered; before, the page is only a picture of itself.
  document.documentElement.dataset.circuit = 'up';
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
};

export const reload = () => location.reload();

export const focusContent = () => document.getElementById('content')?.focus();

// False where the browser doesn't let pages write there: the text can still be selected.
export const copyText = async text => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
};

export const openDialog = dialog => {
  if (dialog && !dialog.open) {
    dialog.showModal();
  }
};

export const closeDialog = dialog => {
  if (dialog?.open) {
    dialog.close();
  }
};

// A sheet that was opened from a page is closed by going back to it.
export const goBack = () => history.back();

// What was chosen in the command palette, newest first; it stays in this browser, and the server shows of it only what the person may see.
const recentKey = 'wsus-recent';

export const recent = () => {
  try {
    const kept = JSON.parse(localStorage.getItem(recentKey) ?? '[]');
    return Array.isArray(kept) ? kept.filter(key => typeof key === 'string').slice(0, 20) : [];
  } catch {
    return [];
  }
};

export const remember = (key, most) => {
  try {
    localStorage.setItem(recentKey, JSON.stringify([key, ...recent().filter(known => known !== key)].slice(0, most)));
  } catch { /* private mode */ }
};

export const act = action => { document.dispatchEvent(new CustomEvent('wsus-do', { detail: action })); };

// A click on the shade beside a sheet closes it, as Escape does.
export const closeOnShade = dialog => dialog?.addEventListener('pointerdown', event => {
  if (event.target === dialog) {
    dialog.close();
  }
});

// The grid of the fleet: tells the page when the pointer or the keyboard's focus is on its rows (their order stands still meanwhile), opens and walks the rows, and changes columns.
export const watchGrid = (grid, page) => {
  if (!grid) {
    return;
  }
  const call = (name, ...values) => page.invokeMethodAsync(name, ...values).catch(() => { });
  let inside = false;
  const at = { pointer: false, focus: false };
  const set = change => {
    Object.assign(at, change);
    const value = at.pointer || at.focus;
    if (value !== inside) {
      inside = value;
      call('SetPointerInside', value);
    }
  };
  grid.addEventListener('pointerenter', () => set({ pointer: true }));
  grid.addEventListener('pointerleave', () => set({ pointer: false }));
  // A row that moves in the document loses the focus: whoever walks by keyboard would be thrown out.
  grid.addEventListener('focusin', event => set({ focus: event.target.matches('tbody :focus-visible') }));
  grid.addEventListener('focusout', event => set({ focus: grid.contains(event.relatedTarget) && at.focus }));
  watchRows(grid, call);
  watchColumns(grid, call);
};

const watchRows = (grid, call) => {
  const row = 'tbody tr[data-server]';
  const panel = () => document.querySelector('.peek');
  const open = line => call('Peek', Number(line.dataset.server));

  // All rows are one stop of the Tab key: the first, or the one that had the focus last.
  const settle = () => {
    const first = grid.querySelector(`${row}[tabindex="0"]`) ? null : grid.querySelector(row);
    if (first) {
      first.tabIndex = 0;
    }
  };
  settle();

  // A row that moves in the document loses the focus; nobody took it away, so it gets it back.
  let focused = null;
  const keep = () => {
    if (focused?.isConnected && document.activeElement === document.body) {
      focused.focus({ preventScroll: true });
    }
  };
  new MutationObserver(() => {
    settle();
    keep();
  }).observe(grid, { childList: true, subtree: true });
  const leave = event => {
    if (!event.target.closest?.('tbody tr[data-server]')) {
      focused = null;
    }
  };
  grid.addEventListener('focusin', event => {
    if (event.target.matches(row)) {
      focused = event.target;
      grid.querySelectorAll(`${row}[tabindex="0"]`).forEach(other => { other.tabIndex = -1; });
      event.target.tabIndex = 0;
    }
  });

  grid.addEventListener('click', event => {
    const line = event.target.closest(row);
    if (line && !event.target.closest('a, button, input, label, .select-cell') && !getSelection()?.toString()) {
      line.focus({ preventScroll: true });
      open(line);
    }
  });
  grid.addEventListener('keydown', event => {
    const line = event.target;
    if (!line.matches(row) || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      if (line.getAttribute('aria-current')) {
        panel()?.querySelector('h2')?.focus();
      } else {
        open(line);
      }
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const next = event.key === 'ArrowDown' ? line.nextElementSibling : line.previousElementSibling;
      next?.focus();
      if (next && panel()) {
        open(next);
      }
    }
  });

  // Escape closes what lies over the grid, wherever the focus is, and gives it back to the row.
  const ended = new AbortController();
  document.addEventListener('focusin', leave, { signal: ended.signal });
  document.addEventListener('pointerdown', leave, { signal: ended.signal });
  document.addEventListener('keydown', event => {
    if (!grid.isConnected) {
      ended.abort();
    } else if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog[open], .mud-overlay')) {
      const menu = document.querySelector('details.columns[open]');
      if (menu) {
        menu.open = false;
        menu.querySelector('summary').focus();
      } else if (panel()) {
        const shown = grid.querySelector('[aria-current]');
        call('ClosePeek').then(() => shown?.focus());
      }
    }
  }, { signal: ended.signal });
  document.addEventListener('pointerdown', event => {
    const menu = document.querySelector('details.columns[open]');
    if (menu && !menu.contains(event.target)) {
      menu.open = false;
    }
  }, { signal: ended.signal });
};

const watchColumns = (grid, call) => {
  const step = 10;
  let dragged = null;
  let later = 0;
  const columnOf = handle => grid.querySelector(`col[data-column="${handle.dataset.resizes}"]`);
  const show = (handle, width) => {
    const clamped = Math.round(Math.min(Number(handle.getAttribute('aria-valuemax')), Math.max(Number(handle.getAttribute('aria-valuemin')), width)));
    columnOf(handle)?.setAttribute('width', clamped);
    return clamped;
  };
  grid.addEventListener('pointerdown', event => {
    const handle = event.target.closest('.resize');
    if (!handle) {
      return;
    }
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    const [from, start, before] = [event.clientX, handle.parentElement.offsetWidth, columnOf(handle)?.getAttribute('width')];
    let width = start;
    const ended = new AbortController();
    handle.addEventListener('pointermove', move => { width = show(handle, start + move.clientX - from); }, { signal: ended.signal });
    handle.addEventListener('pointerup', () => {
      ended.abort();
      if (width !== start) {
        call('ResizeColumnAsync', handle.dataset.resizes, width);
      }
    }, { signal: ended.signal });
    handle.addEventListener('pointercancel', () => {
      ended.abort();
      if (before) {
        columnOf(handle)?.setAttribute('width', before);
      } else {
        columnOf(handle)?.removeAttribute('width');
      }
    }, { signal: ended.signal });
  });
  grid.addEventListener('keydown', event => {
    if (!event.target.matches('.resize') || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) {
      return;
    }
    event.preventDefault();
    const handle = event.target;
    const width = show(handle, handle.parentElement.offsetWidth + (event.key === 'ArrowRight' ? step : -step));
    clearTimeout(later);
    later = setTimeout(() => call('ResizeColumnAsync', handle.dataset.resizes, width), 300);
  });
  grid.addEventListener('dragstart', event => {
    const head = event.target.closest('th[data-head]');
    if (!head || document.activeElement?.matches('.resize:active')) {
      return;
    }
    dragged = head.dataset.head;
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', head.textContent.trim());
  });
  grid.addEventListener('dragover', event => {
    if (dragged && event.target.closest('th[data-head]')) {
      event.preventDefault();
    }
  });
  grid.addEventListener('drop', event => {
    const head = event.target.closest('th[data-head]');
    if (dragged && head) {
      event.preventDefault();
      call('MoveColumnAsync', dragged, head.dataset.head);
    }
  });
  grid.addEventListener('dragend', () => { dragged = null; });
};

// The columns that were chosen last; they stay in this browser.
const columnsKey = 'wsus-columns';

export const keptColumns = () => { try { return localStorage.getItem(columnsKey); } catch { return null; } };

export const keepColumns = columns => {
  try {
    if (columns) {
      localStorage.setItem(columnsKey, columns);
    } else {
      localStorage.removeItem(columnsKey);
    }
  } catch { /* private mode */ }
};

// The map of the fleet: its cells are one stop of the Tab key, the arrow keys walk over them, and a line says whose cell it is.
export const watchMap = sites => {
  if (!sites) {
    return;
  }
  const says = sites.parentElement.querySelector('.map-says');
  const cells = () => [...sites.querySelectorAll('.cell')];
  let stop = null;
  const stopAt = cell => {
    if (stop) {
      stop.tabIndex = -1;
    }
    stop = cell;
    if (stop) {
      stop.tabIndex = 0;
    }
  };
  const settle = fresh => {
    fresh.forEach(cell => { cell.tabIndex = -1; });
    if (!stop?.isConnected) {
      stop = null;
      stopAt(sites.querySelector('.cell[aria-current]') ?? sites.querySelector('.cell'));
    }
  };
  settle(cells());
  new MutationObserver(changes => settle(changes.flatMap(change => [...change.addedNodes]).flatMap(node =>
    node.matches?.('.cell') ? [node] : [...(node.querySelectorAll?.('.cell') ?? [])]))).observe(sites, { childList: true, subtree: true });
  const tell = event => {
    const cell = event.target.closest('.cell');
    if (cell) {
      says.textContent = cell.getAttribute('aria-label');
    }
  };
  sites.addEventListener('pointerover', tell);
  sites.addEventListener('focusin', event => {
    tell(event);
    if (event.target.matches('.cell')) {
      stopAt(event.target);
    }
  });
  sites.addEventListener('keydown', event => {
    if (!event.target.matches('.cell')) {
      return;
    }
    const all = cells();
    const at = all.indexOf(event.target);
    const next = event.key === 'ArrowRight' ? all[at + 1] : event.key === 'ArrowLeft' ? all[at - 1]
      : event.key === 'ArrowDown' ? nearest(event.target, all.slice(at + 1)) : event.key === 'ArrowUp' ? nearest(event.target, all.slice(0, at).reverse()) : null;
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });
};

// Of the cells in the next line of these, the one that stands nearest above or below.
const nearest = (cell, others) => {
  const { top, left } = cell.getBoundingClientRect();
  let line = null;
  let best = null;
  for (const other of others) {
    const box = other.getBoundingClientRect();
    if (Math.abs(box.top - top) < 2) {
      continue;
    }
    line ??= box.top;
    if (Math.abs(box.top - line) > 2) {
      break;
    }
    const distance = Math.abs(box.left - left);
    if (best === null || distance < best.distance) {
      best = { other, distance };
    }
  }
  return best?.other;
};

// The line that an address names, in the middle of its list.
export const scrollToCurrent = element => {
  const line = element?.querySelector('[aria-current]');
  if (line) {
    element.scrollTop = line.offsetTop - element.offsetTop - element.clientHeight / 2;
  }
};

export const scrollToEnd = element => {
  if (element) {
    element.scrollTop = element.scrollHeight;
  }
};
