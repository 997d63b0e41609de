using System.Globalization;
using System.Text;

namespace WsusDashboard.Shared.Telemetry;

/// <summary>
/// Writes the text format of Prometheus, version 0.0.4: one block a metric with its help and type, each series once. Written by hand because the format is a page long and the package for it is not finished.
/// Threading: one writer, one thread.
/// </summary>
public sealed class PrometheusText
{
    /// <summary>What an answer says that it is.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly Dictionary<string, Metric> _metrics = new(StringComparer.Ordinal);
    private readonly List<Metric> _order = [];

    /// <summary>A value that goes up and down.</summary>
    /// <param name="name">With its unit: "wsus_susdb_size_bytes".</param>
    /// <param name="help">What it is, in a sentence.</param>
    /// <param name="value">Null = not known: no series.</param>
    /// <param name="labels">In pairs of name and value.</param>
    public void Gauge(string name, string help, double? value, params ReadOnlySpan<(string Name, string Value)> labels) => Add("gauge", name, help, value, labels);

    /// <summary>A value that only rises, and begins at 0 when the program starts; the name ends in _total.</summary>
    /// <inheritdoc cref="Gauge"/>
    public void Counter(string name, string help, double? value, params ReadOnlySpan<(string Name, string Value)> labels) => Add("counter", name, help, value, labels);

    /// <summary>One series a state, 1 for the one that holds and 0 for the others: no state is a number that one has to know.</summary>
    /// <param name="name">For example "wsus_apppool_state".</param>
    /// <param name="help">What it is, in a sentence.</param>
    /// <param name="label">The label that has the state.</param>
    /// <param name="state">The one that holds; null = not known: no series.</param>
    /// <param name="labels">The other labels.</param>
    public void State<T>(string name, string help, string label, T? state, params ReadOnlySpan<(string Name, string Value)> labels)
        where T : struct, Enum
    {
        if (state is not { } known)
        {
            return;
        }

        foreach (var possible in Enum.GetValues<T>())
        {
            Gauge(name, help, EqualityComparer<T>.Default.Equals(possible, known) ? 1 : 0, [.. labels, (label, Words(possible.ToString()))]);
        }
    }

    /// <summary>Seconds since 1970.</summary>
    public static double? Seconds(DateTimeOffset? at) => at is { } known ? known.ToUnixTimeMilliseconds() / 1000d : null;

    /// <summary>"StartPending" as "start_pending".</summary>
    public static string Words(string name) => string.Concat(name.Select((letter, index) => index > 0 && char.IsUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));

    /// <summary>All metrics, in the order in which they first came.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var metric in _order)
        {
            text.Append("# HELP ").Append(metric.Name).Append(' ').Append(Escape(metric.Help, isLabel: false)).Append('\n');
            text.Append("# TYPE ").Append(metric.Name).Append(' ').Append(metric.Type).Append('\n').Append(metric.Series);
        }

        return text.ToString();
    }

    private void Add(string type, string name, string help, double? value, ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (value is not { } known)
        {
            return;
        }

        if (!_metrics.TryGetValue(name, out var metric))
        {
            metric = _metrics[name] = new(type, name, help);
            _order.Add(metric);
        }

        var series = new StringBuilder(name);
        for (var index = 0; index < labels.Length; index++)
        {
            series.Append(index == 0 ? '{' : ',').Append(labels[index].Name).Append("=\"").Append(Escape(labels[index].Value, isLabel: true)).Append('"');
        }

        // The same twice would make the whole answer void.
        if (metric.Known.Add(series.ToString()))
        {
            metric.Series.Append(series).Append(labels.Length > 0 ? "} " : " ").Append(known.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }
    }

    private static string Escape(string text, bool isLabel)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return isLabel ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    private sealed record Metric(string Type, string Name, string Help)
    {
        public StringBuilder Series { get; } = new();

        public HashSet<string> Known { get; } = new(StringComparer.Ordinal);
    }
}
