using WsusDashboard.Agent.Commands;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Api;

/// <summary>A checked ListSyncRuns.</summary>
internal sealed record SyncRunQuery(int PageSize, string PageToken, DateTimeOffset? Since);

/// <summary>A checked ReadLog.</summary>
internal sealed record LogQuery(string Name, int TailLines, bool Follow);

/// <summary>Checks what the contract's limits say nothing about in the requests that only read: every mistake at once, each with what is allowed.</summary>
internal static class ReadRequests
{
    /// <exception cref="CommandException">Something is wrong.</exception>
    public static SyncRunQuery Check(Wire.ListSyncRunsRequest request)
    {
        var checks = new FieldChecks();
        if (!PageToken.IsValid(request.PageToken))
        {
            checks.Add("page_token", "page_token isn't one from an earlier answer; leave it empty for the first page.");
        }

        checks.ThrowIfWrong();
        return new SyncRunQuery(request.PageSize == 0 ? ContractLimits.DefaultSyncRunPageSize : request.PageSize, request.PageToken, request.Since?.ToDateTimeOffset());
    }

    /// <exception cref="CommandException">Something is wrong.</exception>
    public static LogQuery Check(Wire.ReadLogRequest request)
    {
        new FieldChecks()
            .OneOf("name", request.Name, LogNames.All, StringComparer.OrdinalIgnoreCase)
            .ThrowIfWrong();
        return new LogQuery(request.Name, request.TailLines == 0 ? ContractLimits.DefaultLogTailLines : request.TailLines, request.Follow);
    }
}
