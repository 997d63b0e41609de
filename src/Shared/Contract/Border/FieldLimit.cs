namespace WsusDashboard.Shared.Contract.Border;

/// <summary>What happens to a field that is beyond its limit.</summary>
public enum Beyond
{
    /// <summary>It is cut, where that does no harm: a text is shortened and its control characters replaced, a list is shortened, a number takes the nearest value, a time or a part is left out.</summary>
    Cut = 0,

    /// <summary>The message does not come in.</summary>
    Refuse = 1,
}

/// <summary>Which times make sense in a field.</summary>
public enum TimeReach
{
    /// <summary>What has happened: from 2000-01-01 to one day from now, as far as clocks may differ.</summary>
    Past = 0,

    /// <summary>What is planned: the years 2000 to 2199.</summary>
    Calendar = 1,

    /// <summary>Until when a certificate is valid: the years 1950 to 9999.</summary>
    Certificate = 2,
}

/// <summary>What a field of the contract may hold.</summary>
/// <param name="Beyond">What happens to more.</param>
public abstract record FieldLimit(Beyond Beyond);

/// <summary>A text of at most so many characters, without control and format characters.</summary>
/// <param name="Characters">UTF-16 units.</param>
/// <param name="Beyond">What happens to more.</param>
/// <param name="MayBreak">Line breaks and tabs may stay.</param>
public sealed record TextLimit(int Characters, Beyond Beyond, bool MayBreak = false) : FieldLimit(Beyond);

/// <summary>At most so many bytes.</summary>
public sealed record BytesLimit(int Bytes) : FieldLimit(Beyond.Refuse);

/// <summary>A number, both ends included; of a number with a fraction, a finite one.</summary>
public sealed record NumberLimit(long Minimum, long Maximum, Beyond Beyond) : FieldLimit(Beyond);

/// <summary>A time: a Timestamp, or a whole number of minutes from 1970.</summary>
/// <param name="Reach">Which times.</param>
/// <param name="Beyond">What happens to another one.</param>
/// <param name="IsRequired">Without it the message makes no sense.</param>
public sealed record TimeLimit(TimeReach Reach, Beyond Beyond, bool IsRequired = false) : FieldLimit(Beyond);

/// <summary>A duration from 0 to this.</summary>
public sealed record DurationLimit(TimeSpan Longest) : FieldLimit(Beyond.Cut);

/// <summary>A message with limits of its own; where it holds something that is refused, it is left out, or refused too.</summary>
public sealed record PartLimit(Beyond Beyond) : FieldLimit(Beyond);

/// <summary>At most so many items, each within its own limit.</summary>
public sealed record ListLimit(int Items, FieldLimit Each, Beyond Beyond) : FieldLimit(Beyond);

/// <summary>A yes or no, or one of a closed list of numbers: an unknown one is read as "unknown".</summary>
public sealed record ClosedLimit() : FieldLimit(Beyond.Cut);
