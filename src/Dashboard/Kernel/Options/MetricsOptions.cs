namespace WsusDashboard.Dashboard.Kernel.Options;

public sealed class MetricsOptions
{
    /// <summary>A token that reads /metrics of the whole fleet and can do nothing else; at least 32 characters. Empty = none: then an API token of the role Viewer is needed. It isn't kept in the database.</summary>
    public Secret Token { get; set; } = Secret.Empty;

    /// <summary>A file that holds the token instead.</summary>
    public string TokenFile { get; set; } = "";
}
