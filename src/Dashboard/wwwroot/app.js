export const start = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

export const focusContent = () => document.getElementById('content')?.focus();

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

// A click on the shade beside a sheet closes it, as Escape does.
export const closeOnShade = dialog => dialog?.addEventListener('pointerdown', event => {
  if (event.target === dialog) {
    dialog.close();
  }
});

// Tells the grid when the pointer or the focus is on its rows: its order stands still meanwhile.
export const watchHover = (element, page) => {
  if (!element) {
    return;
  }
  let inside = false;
  const set = value => {
    if (value !== inside) {
      inside = value;
      page.invokeMethodAsync('SetPointerInside', value).catch(() => { });
    }
  };
  element.addEventListener('pointerenter', () => set(true));
  element.addEventListener('pointerleave', () => set(false));
};

export const scrollToEnd = element => {
  if (element) {
    element.scrollTop = element.scrollHeight;
  }
};

let chartScript;
export const loadCharts = () => chartScript ??= new Promise((resolve, reject) => {
  const script = document.createElement('script');
  script.src = '_content/Vizor.ECharts/js/vizor-echarts-bundle-min.js';
  script.onload = () => resolve(true);
  script.onerror = () => { chartScript = undefined; reject(new Error('The chart script did not load.')); };
  document.head.append(script);
});

const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// The colours of a chart are those of the theme; a canvas cannot read CSS variables by itself.
export const paintCharts = () => {
  if (!window.vizorECharts) {
    return;
  }
  const text = color('--mud-palette-text-secondary');
  const line = color('--mud-palette-lines-default');
  const axis = { axisLabel: { color: text }, axisLine: { lineStyle: { color: line } }, splitLine: { lineStyle: { color: line } } };
  for (const chart of window.vizorECharts.charts.values()) {
    const options = chart.getOption();
    if (!options) {
      continue;
    }
    const tone = { Succeeded: '--chart-good', Cancelled: '--chart-warning', Failed: '--chart-bad', 'No end recorded': '--chart-quiet' };
    chart.setOption({
      textStyle: { color: text },
      legend: { textStyle: { color: text } },
      xAxis: (options.xAxis ?? []).map(() => axis),
      yAxis: (options.yAxis ?? []).map(() => axis),
      tooltip: { backgroundColor: color('--mud-palette-surface'), borderColor: line, textStyle: { color: color('--mud-palette-text-primary') } },
      series: (options.series ?? []).map(series => ({ name: series.name, itemStyle: { color: color(tone[series.name] ?? '--mud-palette-primary') } })),
    });
    chart.resize();
  }
};
document.addEventListener('wsus-theme', () => requestAnimationFrame(paintCharts));
