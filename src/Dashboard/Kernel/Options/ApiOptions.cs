using System.ComponentModel.DataAnnotations;

namespace WsusDashboard.Dashboard.Kernel.Options;

public sealed class ApiOptions
{
    /// <summary>Requests a minute from one person, token or address, before they get 429.</summary>
    [Range(10, 1_000_000)]
    public int RequestsPerMinute { get; set; } = 1200;

    /// <summary>Whether the API's description, /openapi/v1.json, can be read without signing in.</summary>
    public bool OpenDescription { get; set; }

    /// <summary>An API token with the role Admin for the whole fleet, for scripts that set up a dashboard; at least 32 characters. Empty = none. It isn't kept in the database.</summary>
    public Secret Token { get; set; } = Secret.Empty;

    /// <summary>A file that holds the API token instead.</summary>
    public string TokenFile { get; set; } = "";
}
