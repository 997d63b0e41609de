using System.Collections.Frozen;
using static WsusDashboard.Shared.Errors.FailureSign;

namespace WsusDashboard.Shared.Errors;

/// <summary>What the numbers of Windows, WinINet and WinHTTP, Winsock, Schannel, HTTP, .NET and SQL Server say. None for a number that isn't known, or says nothing that a sign stands for.</summary>
/// <remarks>Sources: winerror.h, wininet.h, winhttp.h, wuerror.h, corerror.h, RFC 9110; Microsoft's "Database engine events and errors".</remarks>
internal static class FailureSignNumbers
{
    private const uint Win32Facility = 0x8007;
    private const uint HttpFacility = 0x8019;

    private static readonly FrozenDictionary<int, FailureSign> HttpStatuses = Of(
        (Http400, [400]), (Http401, [401]), (Http403, [403]), (Http404, [404]), (Http407, [407]), (Http408, [408]), (Http500, [500]), (Http502, [502]), (Http503, [503]), (Http504, [504]));

    private static readonly FrozenDictionary<int, FailureSign> Windows = Of(
        (AccessDenied, [5]),
        (OutOfMemory, [8, 14, 1455]),
        (DiskFull, [39, 112]),
        (TimedOut, [121, 258, 1460, 10060, 12002]),
        (ConnectionRefused, [1225, 10061, 12029]),
        (ConnectionReset, [64, 1236, 10052, 10053, 10054, 12030, 12031]),
        (Unreachable, [51, 53, 1231, 1232, 1722, 10050, 10051, 10064, 10065]),
        (NameResolution, [9002, 9003, 11001, 11002, 11003, 11004, 12007]),
        // A date, a name, an issuer, or a revocation that can't be checked.
        (Untrusted, [12037, 12038, 12045, 12055, 12057, 12169, 12170, 12175, 12179]),
        (NoCommonTls | SecureChannel, [12157]));

    private static readonly FrozenDictionary<int, FailureSign> Sql = Of(
        (Database, [2, 26, 40, 53, 233, 824, 1205, 3960, 4060, 4064, 8645, 17142, 17187, 18401, 18452, 18456, 18461, 18470]),
        (Database | DiskFull, [1101, 1105, 1827, 3257, 5149, 9002]),
        (Database | OutOfMemory, [701, 802, 17803]),
        (Database | TimedOut, [-2, 1222]));

    private static readonly FrozenDictionary<uint, FailureSign> Results = new (FailureSign Sign, uint[] Numbers)[]
    {
        (Untrusted, [0x800B0101, 0x800B0109, 0x800B010A, 0x800B010C, 0x800B010D, 0x800B010E, 0x800B010F, 0x800B0110, 0x800B0111, 0x800B0112, 0x800B0114, 0x80092010, 0x80092012, 0x80092013, 0x80090322, 0x80090325, 0x80090327, 0x80090328]),
        (NoCommonTls, [0x80090326, 0x80090331]),
        (AccessDenied, [0x80030005, 0xC0000022]),
        (OutOfMemory, [0xC0000017, 0xC000012D]),
        (DiskFull, [0xC000007F, 0x80030070]),
        (TimedOut, [0x80131505, 0xC00000B5]),
        (Database, [0x80131904]),
        (Http400, [0x80244016]), (Http401, [0x80244017]), (Http403, [0x80244018]), (Http404, [0x80244019]), (Http407, [0x8024401B]), (Http408, [0x8024401C]),
        (Http500, [0x8024401F]), (Http502, [0x80244021]), (Http503, [0x80244022]), (Http504, [0x80244023]),
        (NameResolution, [0x8024402C]),
        (Unreachable, [0x80240438]),
    }.SelectMany(entry => entry.Numbers, (entry, number) => (number, entry.Sign)).GroupBy(entry => entry.number).ToFrozenDictionary(group => group.Key, group => group.Aggregate(None, (signs, entry) => signs | entry.Sign));

    /// <summary>An HRESULT or NTSTATUS.</summary>
    public static FailureSign OfResult(uint number) => (number >> 16) switch
    {
        Win32Facility => OfWindows((int)(number & 0xFFFF)),
        HttpFacility => OfHttp((int)(number & 0xFFFF)),
        _ => Results.GetValueOrDefault(number),
    };

    /// <summary>An error of Windows, with those of Winsock, WinINet and WinHTTP.</summary>
    public static FailureSign OfWindows(int number) => Windows.GetValueOrDefault(number);

    /// <summary>A status of HTTP, without IIS's substatus.</summary>
    public static FailureSign OfHttp(int number) => HttpStatuses.GetValueOrDefault(number);

    /// <summary>An error of SQL Server or its client.</summary>
    public static FailureSign OfSql(int number) => Sql.GetValueOrDefault(number);

    private static FrozenDictionary<int, FailureSign> Of(params (FailureSign Sign, int[] Numbers)[] entries) =>
        entries.SelectMany(entry => entry.Numbers, (entry, number) => (number, entry.Sign)).ToFrozenDictionary(entry => entry.number, entry => entry.Sign);
}
