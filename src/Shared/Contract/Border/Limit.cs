namespace WsusDashboard.Shared.Contract.Border;

/// <summary>The limits that the tables of <see cref="FieldLimits"/> are made of.</summary>
internal static class Limit
{
    /// <summary>Names and ids are not longer than Windows lets names be.</summary>
    public const int LongestName = 256;

    public const int LongestPath = 1_024;

    /// <summary>A sentence for a person.</summary>
    public const int LongestSentence = 2_000;

    public const int PinDigits = 64;

    public static readonly FieldLimit Closed = new ClosedLimit();
    public static readonly FieldLimit Span = new DurationLimit(TimeSpan.FromDays(3_653));

    /// <summary>Of what can be counted: nobody adds so many up to more than a number can hold.</summary>
    public static readonly FieldLimit Count = new NumberLimit(0, ContractLimits.HighestNumber, Beyond.Cut);

    /// <summary>Numbers of errors: Win32, HTTP, HRESULT signed and unsigned.</summary>
    public static readonly FieldLimit Code = new NumberLimit(int.MinValue, uint.MaxValue, Beyond.Cut);

    public static readonly FieldLimit Port = new NumberLimit(0, ushort.MaxValue, Beyond.Cut);
    public static readonly FieldLimit Percent = new NumberLimit(0, 1_000_000, Beyond.Cut);

    public static readonly FieldLimit Past = new TimeLimit(TimeReach.Past, Beyond.Cut);
    public static readonly FieldLimit PastNeeded = new TimeLimit(TimeReach.Past, Beyond.Refuse, IsRequired: true);
    public static readonly FieldLimit Planned = new TimeLimit(TimeReach.Calendar, Beyond.Cut);
    public static readonly FieldLimit PlannedNeeded = new TimeLimit(TimeReach.Calendar, Beyond.Refuse, IsRequired: true);

    /// <summary>A part that the rest makes sense without.</summary>
    public static readonly FieldLimit Part = new PartLimit(Beyond.Cut);

    /// <summary>A part that the rest makes no sense without.</summary>
    public static readonly FieldLimit Core = new PartLimit(Beyond.Refuse);

    public static readonly FieldLimit Name = Words(LongestName);
    public static readonly FieldLimit Sentence = Words(LongestSentence);
    public static readonly FieldLimit Names = List(500, Name);
    public static readonly FieldLimit Pin = Key(PinDigits);
    public static readonly FieldLimit Id = Key(100);

    public static readonly FieldLimit Sequence = new NumberLimit(0, ContractLimits.HighestNumber, Beyond.Refuse);
    public static readonly FieldLimit Verb = Key(20);
    public static readonly FieldLimit CatalogId = Key(50);
    public static readonly FieldLimit Raw = Words(300);
    public static readonly FieldLimit Nonce = new BytesLimit(32);
    public static readonly FieldLimit KeyBytes = new BytesLimit(512);
    public static readonly FieldLimit HubId = Key(32);
    public static readonly FieldLimit Address = Words(LongestPath);

    /// <summary>A text that others are found by, or that a person or a hub sends: refused where it is longer, or holds control or format characters.</summary>
    public static TextLimit Key(int characters) => new(characters, Beyond.Refuse);

    /// <summary>A text that is only read.</summary>
    public static TextLimit Words(int characters) => new(characters, Beyond.Cut);

    /// <summary>A text that is only read and has lines.</summary>
    public static TextLimit Lines(int characters) => new(characters, Beyond.Cut, MayBreak: true);

    public static ListLimit List(int items, FieldLimit each) => new(items, each, Beyond.Cut);
}
