using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using WsusDashboard.Agent.Remediation;
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
    /// <exception cref="VerbException">Something is wrong.</exception>
    public static void Check(Wire.WatchRequest request)
    {
        List<FieldViolation> violations = [];
        if (request.AfterSequence < 0)
        {
            violations.Add(new FieldViolation("after_sequence", string.Create(CultureInfo.InvariantCulture, $"after_sequence is {request.AfterSequence}; allowed: 0 or the number of the last event taken."), []));
        }

        if (request.SamplesAfter < 0)
        {
            violations.Add(new FieldViolation("samples_after", string.Create(CultureInfo.InvariantCulture, $"samples_after is {request.SamplesAfter}; allowed: 0 or the minute of the last sample taken."), []));
        }

        ThrowIfAny(violations);
    }

    /// <exception cref="VerbException">Something is wrong.</exception>
    public static SyncRunQuery Check(Wire.ListSyncRunsRequest request)
    {
        List<FieldViolation> violations = [];
        CheckOptional(violations, "page_size", request.PageSize, ContractLimits.MaximumSyncRunPageSize, ContractLimits.DefaultSyncRunPageSize);
        if (!PageToken.IsValid(request.PageToken))
        {
            violations.Add(new FieldViolation("page_token", "page_token is not one that an earlier answer gave; leave it empty for the first page.", []));
        }

        if (request.Since is { } since && !IsTime(since))
        {
            violations.Add(new FieldViolation("since", "since is not a time between the years 1 and 9999.", []));
        }

        ThrowIfAny(violations);
        return new SyncRunQuery(request.PageSize == 0 ? ContractLimits.DefaultSyncRunPageSize : request.PageSize, request.PageToken, request.Since?.ToDateTimeOffset());
    }

    /// <exception cref="VerbException">Something is wrong.</exception>
    public static LogQuery Check(Wire.ReadLogRequest request)
    {
        List<FieldViolation> violations = [];
        CheckOptional(violations, "tail_lines", request.TailLines, ContractLimits.MaximumLogTailLines, ContractLimits.DefaultLogTailLines);
        if (!LogNames.All.Contains(request.Name, StringComparer.OrdinalIgnoreCase))
        {
            var shown = request.Name.Length > 80 ? request.Name[..80] + "…" : request.Name;
            violations.Add(new FieldViolation("name", $"name is \"{shown}\"; allowed: {string.Join(", ", LogNames.All)}.", LogNames.All));
        }

        ThrowIfAny(violations);
        return new LogQuery(request.Name, request.TailLines == 0 ? ContractLimits.DefaultLogTailLines : request.TailLines, request.Follow);
    }

    private static void CheckOptional(List<FieldViolation> violations, string field, int value, int maximum, int otherwise)
    {
        if (value < 0 || value > maximum)
        {
            violations.Add(new FieldViolation(field, string.Create(CultureInfo.InvariantCulture, $"{field} is {value}; allowed: 1 to {maximum}, or 0 for {otherwise}."), []));
        }
    }

    private static bool IsTime(Timestamp timestamp) =>
        timestamp is { Seconds: >= -62_135_596_800 and <= 253_402_300_799, Nanos: >= 0 and < 1_000_000_000 };

    private static void ThrowIfAny(List<FieldViolation> violations)
    {
        if (violations.Count > 0)
        {
            throw new VerbException(violations);
        }
    }
}
