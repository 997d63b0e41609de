using System.Globalization;

namespace WsusDashboard.Shared.Errors;

/// <summary>What a number counts in: the same digits mean something else in each.</summary>
public enum ErrorKind
{
    /// <summary>32 bits of Windows: an HRESULT or NTSTATUS; a Win32 number as its HRESULT (5 is 0x80070005).</summary>
    Windows = 0,

    /// <summary>An HTTP status.</summary>
    Http = 1,

    /// <summary>An HTTP status of IIS with its second number, as status × 1000 + second.</summary>
    Iis = 2,

    /// <summary>A message of SQL Server; −2 as an unsigned number.</summary>
    SqlServer = 3,

    /// <summary>Five characters of SQLSTATE, read in base 36.</summary>
    SqlState = 4,

    /// <summary>A status message of Configuration Manager.</summary>
    StatusMessage = 5,

    /// <summary>An event of source "Windows Server Update Services".</summary>
    WsusEvent = 6,

    /// <summary>A state that has a name instead of a number ("UssNotFound", "QueueFull").</summary>
    Named = 7,
}

/// <summary>The number of an error, independent of how it was written.</summary>
/// <param name="Kind">What it counts in.</param>
/// <param name="Value">As <see cref="ErrorKind"/> says; 0 for one that is named.</param>
/// <param name="Name">Of one that is named; otherwise empty.</param>
public readonly record struct ErrorNumber(ErrorKind Kind, uint Value, string Name = "")
{
    private const uint Win32Facility = 0x8007_0000;
    private const uint HttpFacility = 0x8019_0000;
    private const uint FacilityMask = 0xFFFF_0000;
    private const int SqlStateLength = 5;
    private const int Base36 = 36;
    private const int IisFactor = 1000;

    /// <summary>An HRESULT, an NTSTATUS, or a Win32 number (below 65536).</summary>
    public static ErrorNumber Windows(uint value) => new(ErrorKind.Windows, value <= ushort.MaxValue ? Win32Facility | value : value);

    public static ErrorNumber Http(int status) => new(ErrorKind.Http, (uint)status);

    public static ErrorNumber Iis(int status, int second) => new(ErrorKind.Iis, (uint)(status * IisFactor + second));

    public static ErrorNumber SqlServer(int message) => new(ErrorKind.SqlServer, unchecked((uint)message));

    public static ErrorNumber StatusMessage(int id) => new(ErrorKind.StatusMessage, (uint)id);

    public static ErrorNumber WsusEvent(int id) => new(ErrorKind.WsusEvent, (uint)id);

    public static ErrorNumber Named(string name) => new(ErrorKind.Named, 0, name);

    /// <summary>Null where the text isn't five letters and digits of ASCII.</summary>
    public static ErrorNumber? SqlState(ReadOnlySpan<char> text)
    {
        if (text.Length != SqlStateLength)
        {
            return null;
        }

        var value = 0u;
        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character))
            {
                return null;
            }

            value = value * Base36 + (uint)(char.IsAsciiDigit(character) ? character - '0' : (character | 0x20) - 'a' + 10);
        }

        return new(ErrorKind.SqlState, value);
    }

    /// <summary>The Win32 number that is wrapped in an HRESULT (0x80070005 is 5); null for any other.</summary>
    public int? Win32 => Kind is ErrorKind.Windows && (Value & FacilityMask) == Win32Facility ? (int)(Value & ushort.MaxValue) : null;

    /// <summary>The HTTP status that the number says: of HTTP and IIS, of 0x8019…, and of Windows Update's own numbers for a status (0x80244022 is 503); null for any other.</summary>
    public int? HttpStatus => Kind switch
    {
        ErrorKind.Http => (int)Value,
        ErrorKind.Iis => (int)Value / IisFactor,
        ErrorKind.Windows when (Value & FacilityMask) == HttpFacility => (int)(Value & ushort.MaxValue),
        ErrorKind.Windows => Value switch
        {
            0x80244016 => 400,
            0x80244017 => 401,
            0x80244018 => 403,
            0x80244019 => 404,
            0x8024401A => 405,
            0x8024401B => 407,
            0x8024401C => 408,
            0x8024401D => 409,
            0x8024401E => 410,
            0x8024401F => 500,
            0x80244020 => 501,
            0x80244021 => 502,
            0x80244022 => 503,
            0x80244023 => 504,
            0x80244024 => 505,
            _ => null,
        },
        _ => null,
    };

    /// <summary>The one way that this product writes it: "0x80244022", "HTTP 503", "IIS 403.4", "SQL 1205", "SQLSTATE 08001", "6703", "WSUS event 10032", "UssNotFound".</summary>
    public override string ToString() => Kind switch
    {
        ErrorKind.Windows => string.Create(CultureInfo.InvariantCulture, $"0x{Value:X8}"),
        ErrorKind.Http => string.Create(CultureInfo.InvariantCulture, $"HTTP {Value}"),
        ErrorKind.Iis => string.Create(CultureInfo.InvariantCulture, $"IIS {Value / IisFactor}.{Value % IisFactor}"),
        ErrorKind.SqlServer => string.Create(CultureInfo.InvariantCulture, $"SQL {unchecked((int)Value)}"),
        ErrorKind.SqlState => $"SQLSTATE {SpellSqlState()}",
        ErrorKind.StatusMessage => Value.ToString(CultureInfo.InvariantCulture),
        ErrorKind.WsusEvent => string.Create(CultureInfo.InvariantCulture, $"WSUS event {Value}"),
        _ => Name,
    };

    private string SpellSqlState() => string.Create(SqlStateLength, Value, static (span, rest) =>
    {
        for (var index = span.Length - 1; index >= 0; index--)
        {
            var digit = (int)(rest % Base36);
            span[index] = (char)(digit < 10 ? '0' + digit : 'A' + digit - 10);
            rest /= Base36;
        }
    });
}
