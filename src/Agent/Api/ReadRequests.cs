using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using WsusDashboard.Agent.Commands;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Api;

/// <summary>A checked ListSyncRuns.</summary>
internal sealed record SyncRunQuery(int PageSize, string PageToken, DateTimeOffset? Since);

/// <summary>A checked ReadLog.</summary>
internal sealed record LogQuery(string Name, int TailLines, bool Follow);

/// <summary>Checks the requests that only read: every mistake at once, each with what is allowed.</summary>
internal static class ReadRequests
{
    /// <exception cref="CommandException">Something is wrong.</exception>
    public static void Check(Wire.WatchRequest request) => new FieldChecks()
        .Range("after_sequence", request.AfterSequence, 0, long.MaxValue, "0 or the number of the last event you have")
        .Range("samples_after", request.SamplesAfter, 0, long.MaxValue, "0 or the minute of the last sample you have")
        .ThrowIfWrong();

    /// <exception cref="CommandException">Something is wrong.</exception>
    public static SyncRunQuery Check(Wire.ListSyncRunsRequest request)
    {
        var checks = Optional(new FieldChecks(), "page_size", request.PageSize, ContractLimits.MaximumSyncRunPageSize, ContractLimits.DefaultSyncRunPageSize);
        if (!PageToken.IsValid(request.PageToken))
        {
            checks.Add("page_token", "page_token isn't one from an earlier answer; leave it empty for the first page.");
        }

        if (request.Since is { } since && !IsTime(since))
        {
            checks.Add("since", "since is not a time between the years 1 and 9999.");
        }

        checks.ThrowIfWrong();
        return new SyncRunQuery(request.PageSize == 0 ? ContractLimits.DefaultSyncRunPageSize : request.PageSize, request.PageToken, request.Since?.ToDateTimeOffset());
    }

    /// <exception cref="CommandException">Something is wrong.</exception>
    public static LogQuery Check(Wire.ReadLogRequest request)
    {
        Optional(new FieldChecks(), "tail_lines", request.TailLines, ContractLimits.MaximumLogTailLines, ContractLimits.DefaultLogTailLines)
            .OneOf("name", request.Name, LogNames.All, StringComparer.OrdinalIgnoreCase)
            .ThrowIfWrong();
        return new LogQuery(request.Name, request.TailLines == 0 ? ContractLimits.DefaultLogTailLines : request.TailLines, request.Follow);
    }

    private static FieldChecks Optional(FieldChecks checks, string field, int value, int maximum, int otherwise) =>
        checks.Range(field, value, 0, maximum, string.Create(CultureInfo.InvariantCulture, $"1 to {maximum}, or 0 for {otherwise}"));

    private static bool IsTime(Timestamp timestamp) =>
        timestamp is { Seconds: >= -62_135_596_800 and <= 253_402_300_799, Nanos: >= 0 and < 1_000_000_000 };
}
