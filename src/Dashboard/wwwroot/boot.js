// Runs before the first paint: the viewer's theme, row height and time zone, so that nothing flashes or jumps.
(() => {
  const root = document.documentElement;
  const read = key => { try { return localStorage.getItem(key); } catch { return null; } };
  const system = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    root.dataset.theme = read('wsus-theme') ?? (system.matches ? 'dark' : 'light');
    root.style.colorScheme = root.dataset.theme;
    document.dispatchEvent(new CustomEvent('wsus-theme'));
  };
  apply();
  root.dataset.density = read('wsus-density') ?? 'compact';
  system.addEventListener('change', apply);

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  document.cookie = `wsus-time-zone=${zone};path=/;max-age=31536000;samesite=lax`;

  const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode: kept for this page only */ } };
  const show = theme => {
    root.dataset.theme = theme;
    root.style.colorScheme = theme;
    document.dispatchEvent(new CustomEvent('wsus-theme'));
  };
  const choose = theme => { keep('wsus-theme', theme); show(theme); };
  const open = id => {
    const dialog = document.getElementById(id);
    if (dialog && !document.querySelector('dialog[open]')) {
      dialog.showModal();
    }
  };

  // What needs no server: buttons say it by data-action, the command palette by an event.
  const actions = {
    'theme': () => choose(root.dataset.theme === 'dark' ? 'light' : 'dark'),
    'theme-dark': () => choose('dark'),
    'theme-light': () => choose('light'),
    'density': () => {
      root.dataset.density = root.dataset.density === 'compact' ? 'comfortable' : 'compact';
      keep('wsus-density', root.dataset.density);
    },
    'palette': () => open('palette'),
    'shortcuts': () => open('shortcuts'),
    'print': () => print(),
  };
  document.addEventListener('click', event => actions[event.target.closest('[data-action]')?.dataset.action]?.());
  document.addEventListener('wsus-do', event => actions[event.detail]?.());
  document.addEventListener('pointerdown', event => {
    if (event.target.matches?.('dialog.closes-on-shade[open]')) {
      event.target.close();
    }
  });

  document.addEventListener('keydown', event => {
    const typing = event.target.closest('input, textarea, select, [contenteditable]');
    const alone = !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    const action = (event.key === 'k' && (event.ctrlKey || event.metaKey)) || (event.key === '/' && alone) ? 'palette' : event.key === '?' && alone ? 'shortcuts' : null;
    if (action && document.getElementById(action) && !document.querySelector('dialog[open]')) {
      event.preventDefault();
      open(action);
    }

    // A menu that the mouse opened leaves the focus on its button, and hears no key itself: what closes it is a click beside it.
    if (event.key === 'Escape' && event.target.closest('.mud-menu [aria-expanded="true"]')) {
      document.querySelector('.mud-overlay')?.click();
    }
  });

  // Paper is white.
  let printed = null;
  addEventListener('beforeprint', () => { printed = root.dataset.theme; show('light'); });
  addEventListener('afterprint', () => { show(printed ?? root.dataset.theme); });

  // After a restart of WsusDashboard this page's circuit is gone: all that it showed is in its address, so it is loaded again by itself.
  document.addEventListener('DOMContentLoaded', () => document.getElementById('components-reconnect-modal')
    ?.addEventListener('components-reconnect-state-changed', event => {
      if (event.detail.state === 'rejected') {
        location.reload();
      } else if (event.detail.state === 'failed' && location.pathname === '/wall') {
        comeBack();
      }
    }));

  // Nobody clicks on a screen: it asks until WsusDashboard answers again.
  const comeBack = () => setTimeout(async () => {
    try {
      if ((await fetch('/health/live', { cache: 'no-store' })).ok) {
        location.reload();
        return;
      }
    } catch { /* not yet */ }
    comeBack();
  }, 5000);

  // A screen signs itself in with the token behind the # of its address, which no server and no log ever sees.
  document.addEventListener('DOMContentLoaded', () => {
    const form = document.querySelector('form[data-wall-sign-in]');
    if (form && location.hash.length > 1) {
      form.querySelector('input[type=password]').value = decodeURIComponent(location.hash.slice(1));
      history.replaceState(null, '', location.pathname);
      form.requestSubmit();
    }
  });
  document.addEventListener('click', async event => {
    if (event.target.closest('#reconnect-reload')) {
      location.reload();
    } else if (event.target.closest('#reconnect-retry')) {
      if (!await Blazor.reconnect()) {
        location.reload();
      }
    }
  });
})();
