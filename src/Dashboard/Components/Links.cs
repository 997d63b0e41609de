using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using WsusDashboard.Dashboard.Features.Syncs;

namespace WsusDashboard.Dashboard.Components;

/// <summary>Every address of a page, in one place.</summary>
public static class Links
{
    public const string Fleet = "/";
    public const string Baselines = "/baselines";
    public const string AddServer = "/servers/add";
    public const string Jobs = "/jobs";
    public const string Repairs = "/repairs";
    public const string RunningRepairs = "/repairs?state=running";
    public const string Syncs = "/syncs";

    public static string Server(int id, string? section = null) =>
        section is null ? string.Create(CultureInfo.InvariantCulture, $"/servers/{id}") : string.Create(CultureInfo.InvariantCulture, $"/servers/{id}#{section}");

    public static string EditServer(int id) => string.Create(CultureInfo.InvariantCulture, $"/servers/{id}/edit");

    public static string Repair(string runId) => $"/repairs/{Uri.EscapeDataString(runId)}";

    /// <summary>The runs of a query, as a file.</summary>
    public static string SyncsCsv(SyncQuery query) => With(
        "/api/v1/syncs.csv",
        ("server", query.ServerId?.ToString(CultureInfo.InvariantCulture)),
        ("site", query.Site),
        ("result", query.Result?.ToString().ToLowerInvariant()),
        ("from", query.From?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
        ("to", query.To?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)));

    /// <summary>The path with those parameters that have a value.</summary>
    public static string With(string path, params (string Name, string? Value)[] parameters)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in parameters)
        {
            if (!string.IsNullOrEmpty(value))
            {
                query.Add(name, value);
            }
        }

        return path + query.ToQueryString();
    }
}
