using System.Globalization;

namespace WsusDashboard.Benchmarks.Footprint;

/// <summary>The result as a table in Markdown, with what the reader must know beside it.</summary>
internal static class FootprintTable
{
    private const double BytesPerMegabyte = 1_000_000;
    private const double KilobytesPerMegabyte = 1024;

    public static async Task WriteAsync(TextWriter output, IReadOnlyList<SubjectResult> results, IReadOnlyList<string> passedOver, FootprintOptions options, string load)
    {
        await output.WriteLineAsync("| | resident | of which private | CPU, of one core | on the wire | start to first answer | on disk | processes |");
        await output.WriteLineAsync("| --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var result in results)
        {
            await output.WriteLineAsync(Row(result));
        }

        await output.WriteLineAsync();
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"Medians of {options.Rounds} rounds, all programs side by side, each round {options.Seconds} s after {options.Settle} s of settling, on {Environment.ProcessorCount} cores; load average {load}."));
        foreach (var result in results)
        {
            await output.WriteLineAsync($"- {result.Subject.Name}: {result.Subject.Condition}.");
        }

        foreach (var reason in passedOver)
        {
            await output.WriteLineAsync($"- Not measured: {reason}");
        }
    }

    private static string Row(SubjectResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {result.Subject.Name} | {result.Median(sample => sample.ResidentKilobytes) / KilobytesPerMegabyte:0.0} MB | {result.Median(sample => sample.PrivateKilobytes) / KilobytesPerMegabyte:0.0} MB | {result.Median(sample => sample.ProcessorPercent):0.00} % | {Bytes(result.Median(sample => sample.BytesPerMinute))} a minute | {result.Median(sample => sample.StartUp.TotalMilliseconds):0} ms | {result.DiskBytes / BytesPerMegabyte:0} MB | {result.Median(sample => sample.Processes):0} |");

    private static string Bytes(double bytes) => bytes < 10_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes:0} B")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1000:0} kB");
}
