using System.ComponentModel.DataAnnotations;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>Which days, and which servers.</summary>
public sealed record HistoryInput : IValidatableObject
{
    /// <summary>First day. Default: 30 days up to the last one.</summary>
    [Calendar]
    public DateOnly? From { get; init; }

    /// <summary>Last day, included. Default: today.</summary>
    [Calendar]
    public DateOnly? To { get; init; }

    /// <summary>Time zone of the days, for example Europe/Zurich. Default: UTC.</summary>
    [ZoneId]
    public string? Zone { get; init; }

    /// <summary>Only this site's servers.</summary>
    [AtMost(ServerInput.MaximumSiteLength)]
    public string? Site { get; init; }

    /// <summary>Only the server with this id.</summary>
    [Between(1, int.MaxValue)]
    public int? Server { get; init; }

    private const int DefaultDays = 30;

    public HistoryFilter ToFilter() => new() { Site = Site, ServerId = Server };

    public HistoryRange ToRange(TimeProvider clock)
    {
        var (first, last, zone) = Days(clock);
        return new(first, last, zone);
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var (first, last, _) = Days(validationContext.GetRequiredService<TimeProvider>());
        return first > last || last.DayNumber - first.DayNumber >= HistoryRange.MaximumDays
            ? [new($"{first:yyyy-MM-dd} to {last:yyyy-MM-dd} is not allowed. Allowed: 1 to {HistoryRange.MaximumDays} days, the last one not before the first.", ["from"])]
            : [];
    }

    private (DateOnly First, DateOnly Last, TimeZoneInfo Zone) Days(TimeProvider clock)
    {
        var zone = (Zone is null ? null : TimeZones.Find(Zone)) ?? TimeZoneInfo.Utc;
        var last = To ?? HistoryRange.LastDays(1, clock.GetUtcNow(), zone).Last;
        return (From ?? last.AddDays(1 - DefaultDays), last, zone);
    }
}

/// <summary>Which part of a server's timeline.</summary>
/// <param name="From">UTC. Default: a day before the end.</param>
/// <param name="To">UTC. Default: now.</param>
/// <param name="Points">Maximum number of measured values.</param>
public sealed record TimelineInput([property: Calendar] DateTimeOffset? From, [property: Calendar] DateTimeOffset? To, [property: Between(1, TimelineQueries.MaximumPoints)] int Points = TimelineQueries.DefaultPoints) : IValidatableObject
{
    public (DateTimeOffset From, DateTimeOffset To) Range(TimeProvider clock)
    {
        var to = To ?? clock.GetUtcNow();
        return (From ?? to.AddDays(-1), to);
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var (from, to) = Range(validationContext.GetRequiredService<TimeProvider>());
        return from >= to || to - from > TimeSpan.FromDays(HistoryRange.MaximumDays)
            ? [new($"{from.UtcDateTime:O} to {to.UtcDateTime:O} is not allowed. Allowed: \"from\" before \"to\", at most {HistoryRange.MaximumDays} days.", ["from"])]
            : [];
    }
}

/// <summary>Which servers.</summary>
public sealed record SiteInput
{
    /// <summary>Only this site's servers.</summary>
    [AtMost(ServerInput.MaximumSiteLength)]
    public string? Site { get; init; }

    public HistoryFilter ToFilter() => new() { Site = Site };
}

/// <summary>A time zone by its name.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class ZoneIdAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is string zone && TimeZones.Find(zone) is null ? InputRules.Refuse(validationContext, zone, "names such as Europe/Zurich, or UTC") : null;
}
