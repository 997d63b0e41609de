using System.Globalization;

namespace WsusDashboard.Benchmarks.Fleet;

/// <summary>Writes the figures of a fleet as tables of Markdown.</summary>
internal static class FleetTables
{
    public static async Task WriteAsync(TextWriter output, FleetResult result)
    {
        var options = result.Options;
        await LineAsync($"{options.Servers:N0} servers, {options.Database}{(options.Hubs > 1 ? $", {options.Hubs} dashboards" : "")}{(options.IsOutbound ? ", agents connect themselves" : "")}: medians of {options.Runs}, windows of {options.Window.TotalSeconds:0} s, {Environment.ProcessorCount} cores, load before {result.Load:0.0}. The database grew by {result.DatabaseMegaBytesPerDay:0} MB a day.");
        await LineAsync($"");
        await LineAsync($"| start | HTTP answers | all links up | CPU until then | resident then | health checks: slowest, failed |");
        await LineAsync($"| --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (var start in result.Starts)
        {
            await LineAsync($"| {start.Name} | {start.SecondsToAnswer:0.0} s | {start.SecondsToLinks:0.0} s | {start.ProcessorSeconds:0.0} s | {start.ResidentMegaBytes:0} MB | {start.SlowestHealthMilliseconds:0} ms, {start.FailedHealthChecks:0} |");
        }

        await LineAsync($"");
        await LineAsync($"| condition | pages | CPU, of one core | resident / private / managed MB | allocated MB/s | agents KB/s | pages KB/s | changes/s | change → row, p50 / p95 / p99 ms | change → client, p50 / p95 / p99 ms | swarm: CPU, MB | busy cores |");
        await LineAsync($"| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var window in result.Windows)
        {
            await LineAsync($"| {window.Condition} | {window.Pages} | {window.HubProcessor:P0} | {window.ResidentMegaBytes:0} / {window.PrivateMegaBytes:0} / {window.ManagedMegaBytes:0} | {window.AllocatedMegaBytes:0.0} | {window.WireKiloBytes:0} | {window.PagesKiloBytes:0} | {window.ChangesPerSecond:0} | {window.Row} | {window.Client} | {window.SwarmProcessor:P0}, {window.SwarmMegaBytes:0} | {window.MachineProcessors:0.0} |");
        }

        await LineAsync($"");
        if (result.Browsers.Count > 0)
        {
            await LineAsync($"| in Chromium | milliseconds |");
            await LineAsync($"| --- | ---: |");
            foreach (var browser in result.Browsers)
            {
                await LineAsync($"| {browser.Name} | {browser.Milliseconds:0} |");
            }

            await LineAsync($"");
        }

        if (result.SecondsToTakeover is { } takeover)
        {
            await LineAsync($"One of {options.Hubs} dashboards killed: every server watched again after {takeover:0.0} s.");
            await LineAsync($"");
        }

        Task LineAsync(FormattableString line) => output.WriteLineAsync(line.ToString(CultureInfo.InvariantCulture));
    }
}
