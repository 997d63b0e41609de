using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Features.Audit;

/// <summary>Which entries.</summary>
public sealed record AuditQuery
{
    public const int MaximumPageSize = 200;
    public const int DefaultPageSize = 50;
    public const int MaximumTextLength = 100;

    /// <summary>Words in the name, the server, the detail, the outcome or the ticket.</summary>
    public string? Text { get; init; }

    /// <summary>The beginning of what was done: "repair", "person.sign-in".</summary>
    public string? What { get; init; }

    public int? ServerId { get; init; }

    /// <summary>A part of the server's name.</summary>
    public string? Server { get; init; }

    /// <summary>A part of the name of who asked.</summary>
    public string? Person { get; init; }

    /// <summary>A part of the ticket.</summary>
    public string? Ticket { get; init; }

    public DateTimeOffset? From { get; init; }
    public DateTimeOffset? To { get; init; }
    public int Page { get; init; } = 1;
    public int PageSize { get; init; } = DefaultPageSize;
}

/// <summary>One entry of the audit as pages and the API show it.</summary>
public sealed record AuditRow
{
    public long Sequence { get; init; }
    public DateTimeOffset At { get; init; }
    public string Who { get; init; } = "";

    /// <summary>The account of who asked; empty where the dashboard itself, an agent, or nobody did.</summary>
    public string PersonId { get; init; } = "";

    public string From { get; init; } = "";
    public string What { get; init; } = "";
    public int? ServerId { get; init; }
    public string ServerName { get; init; } = "";
    public string Site { get; init; } = "";
    public string Detail { get; init; } = "";
    public string Before { get; init; } = "";
    public string After { get; init; } = "";
    public string Outcome { get; init; } = "";
    public string Ticket { get; init; } = "";

    /// <summary>Hexadecimal; of the entry before.</summary>
    public string PreviousHash { get; init; } = "";

    /// <summary>Hexadecimal; what the next entry names.</summary>
    public string Hash { get; init; } = "";
}

/// <summary>Reads the audit: an admin of the whole fleet all of it, an admin of some sites what happened to their servers.</summary>
internal sealed class AuditService(IDbContextFactory<SecurityContext> contexts, AuditVerification verification, AuditTrail audit)
{
    private static readonly string[] Columns =
        ["sequence", "at", "who", "from", "what", "server", "site", "detail", "before", "after", "outcome", "ticket", "hash", "previousHash", "serverId", "personId"];

    public const int MaximumExportedRows = 100_000;

    /// <summary>Newest first.</summary>
    public async Task<Paged<AuditRow>> GetPageAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var pageSize = Math.Clamp(query.PageSize, 1, AuditQuery.MaximumPageSize);
        var filtered = Filter(context, query);
        var total = await filtered.CountAsync(cancellationToken);
        var page = Math.Clamp(query.Page, 1, Math.Max(1, (total + pageSize - 1) / pageSize));
        var entries = await filtered.OrderByDescending(entry => entry.Sequence).Skip((page - 1) * pageSize).Take(pageSize).ToListAsync(cancellationToken);
        return new([.. entries.Select(ToRow)], total, page, pageSize);
    }

    /// <summary>Checks the whole chain. Failure: Forbidden for whoever does not see all of it.</summary>
    public async Task<Outcome<AuditVerdict>> VerifyAsync(CancellationToken cancellationToken) =>
        audit.Caller.Refusal(Permission.ManageDashboard) is { } refusal ? refusal : await verification.VerifyAsync(cancellationToken);

    /// <summary>Newest first, at most 100,000; times in UTC. A text that a spreadsheet would take for a formula begins with an apostrophe.</summary>
    public async Task WriteCsvAsync(AuditQuery query, Stream destination, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(destination, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
        await writer.WriteLineAsync(string.Join(',', Columns.Select(CsvTable.Quote)));
        await foreach (var row in ReadAsync(query, cancellationToken))
        {
            string[] cells =
            [
                row.Sequence.ToString(CultureInfo.InvariantCulture), row.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture),
                row.Who, row.From, row.What, row.ServerName, row.Site, row.Detail, row.Before, row.After, row.Outcome, row.Ticket, row.Hash,
                row.PreviousHash, row.ServerId?.ToString(CultureInfo.InvariantCulture) ?? "", row.PersonId,
            ];
            await writer.WriteLineAsync(string.Join(',', cells.Select(CsvTable.Quote)));
        }
    }

    /// <summary>A JSON array of entries, newest first, at most 100,000.</summary>
    public async Task WriteJsonAsync(AuditQuery query, Stream destination, CancellationToken cancellationToken) =>
        await JsonSerializer.SerializeAsync(destination, ReadAsync(query, cancellationToken), JsonColumn.Json, cancellationToken);

    /// <summary>An entry as pages, files and evidence show it.</summary>
    public static AuditRow ToRow(AuditEntry entry) => new()
    {
        Sequence = entry.Sequence,
        At = entry.At.ToOffset(),
        Who = entry.Who,
        PersonId = entry.PersonId,
        From = entry.From,
        What = entry.What,
        ServerId = entry.ServerId,
        ServerName = entry.ServerName,
        Site = entry.Site,
        Detail = entry.Detail,
        Before = entry.Before,
        After = entry.After,
        Outcome = entry.Outcome,
        Ticket = entry.Ticket,
        PreviousHash = Convert.ToHexStringLower(entry.PreviousHash),
        Hash = Convert.ToHexStringLower(entry.Hash),
    };

    private async IAsyncEnumerable<AuditRow> ReadAsync(AuditQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await foreach (var entry in Filter(context, query).OrderByDescending(entry => entry.Sequence).Take(MaximumExportedRows).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            yield return ToRow(entry);
        }
    }

    private IQueryable<AuditEntry> Filter(SecurityContext context, AuditQuery query)
    {
        var scope = audit.Caller.ScopeOf(Permission.ReadAudit);
        var sites = scope.Sites;
        var entries = context.AuditEntries.AsNoTracking();
        if (!scope.IsWholeFleet)
        {
            // Entries about no server (sign-ins, roles) have no site; a scope of "no site" must not open them.
            entries = entries.Where(entry => entry.ServerId != null && sites.Contains(entry.Site));
        }

        if (query.What is { Length: > 0 } what)
        {
            entries = entries.Where(entry => entry.What.StartsWith(what));
        }

        if (query.ServerId is { } serverId)
        {
            entries = entries.Where(entry => entry.ServerId == serverId);
        }

        if (query.From?.UtcDateTime is { } from)
        {
            entries = entries.Where(entry => entry.At >= from);
        }

        if (query.To?.UtcDateTime is { } to)
        {
            entries = entries.Where(entry => entry.At < to);
        }

        // Carried out by the database, which knows one lower case.
#pragma warning disable CA1304, CA1311, CA1862
        if (query.Server?.Trim().ToLowerInvariant() is { Length: > 0 } server)
        {
            entries = entries.Where(entry => entry.ServerName.ToLower().Contains(server));
        }

        if (query.Person?.Trim().ToLowerInvariant() is { Length: > 0 } person)
        {
            entries = entries.Where(entry => entry.Who.ToLower().Contains(person));
        }

        if (query.Ticket?.Trim().ToLowerInvariant() is { Length: > 0 } ticket)
        {
            entries = entries.Where(entry => entry.Ticket.ToLower().Contains(ticket));
        }

        foreach (var word in (query.Text ?? "").ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            entries = entries.Where(entry => (entry.Who + "\n" + entry.ServerName + "\n" + entry.Site + "\n" + entry.Detail + "\n" + entry.Outcome + "\n" + entry.Ticket + "\n" + entry.From).ToLower().Contains(word));
        }
#pragma warning restore CA1304, CA1311, CA1862

        return entries;
    }
}
