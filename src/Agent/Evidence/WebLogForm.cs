using System.Globalization;
using System.Net;
using System.Text;
using WsusDashboard.Agent.ConfigMgr;

namespace WsusDashboard.Agent.Evidence;

/// <summary>
/// The logs of IIS and of HTTP.sys: columns as the line "#Fields:" before them names them. Kept are what was asked for (without its query), how it was answered, and whether this server
/// asked or another computer; never who asked.
/// </summary>
internal sealed class WebLogForm(bool isOfHttpSys, long? siteId) : LogForm
{
    /// <summary>Answers that take longer are worth a look: the site asks WSUS for its whole catalogue in one request (care.md, section 5).</summary>
    private const int SlowMilliseconds = 60_000;

    private const string AdministrationService = "/ApiRemoting30/";
    private const int LongestAddress = 300;
    private const int MostColumns = 40;

    /// <summary>What HTTP.sys says of every connection that nobody uses any longer.</summary>
    private const string IdleConnection = "Timer_ConnectionIdle";

    private static readonly string[] ColumnsOfIis = ["sc-status", "sc-substatus", "sc-win32-status"];
    private static readonly string[] ColumnsOfHttpSys = ["sc-status", "s-siteid", "s-reason", "s-queuename"];

    /// <summary>Windows errors that stand beside the first answers of every sign-in: none, access denied without a name, and "more is needed".</summary>
    private static readonly string[] SignInErrors = ["0", "5", "2148074254"];

    private Dictionary<string, int> _columns = [];

    private static ReadOnlySpan<byte> Fields => "#Fields:"u8;

    public override void ReadHead(ReadOnlySpan<byte> head)
    {
        while (head.Length > 0)
        {
            var end = head.IndexOf((byte)'\n');
            ReadDirective(end < 0 ? head : head[..end]);
            head = end < 0 ? default : head[(end + 1)..];
        }
    }

    public override DateTimeOffset? ReadTime(in LogEntry entry)
    {
        var line = entry.Text;
        if (line.StartsWith("#"u8))
        {
            ReadDirective(line);
            return null;
        }

        if (_columns.GetValueOrDefault("date", -1) == 0 && _columns.GetValueOrDefault("time", -1) == 1)
        {
            return LeadingTime.Read(line);
        }

        var cells = Split(line);
        return Cell(cells, "date") is { } date && Cell(cells, "time") is { } time ? LeadingTime.Read(Encoding.ASCII.GetBytes($"{date} {time}")) : null;
    }

    public override TakenLine? Take(in LogEntry entry)
    {
        var cells = Split(entry.Text);
        if (!(isOfHttpSys ? IsRefusal(cells) : IsTrouble(cells)))
        {
            return null;
        }

        var answer = string.Join(' ', (isOfHttpSys ? ColumnsOfHttpSys : ColumnsOfIis).Select(column => Cell(cells, column) ?? "-"));
        var line = $"{(IsLocal(cells) ? "local" : "remote")} {Cell(cells, "cs-method") ?? "-"} {Address(cells)} {answer}";
        return new TakenLine(isOfHttpSys || Cell(cells, "time-taken") is not { } taken ? line : $"{line} {taken}", line);
    }

    /// <summary>Requests that HTTP.sys answered or gave up itself, of this site, or of none because they did not get so far.</summary>
    private bool IsRefusal(string[] cells) =>
        Cell(cells, "s-reason") is { } reason && reason != IdleConnection
        && (siteId is not { } own || Number(Cell(cells, "s-siteid")) is not { } other || other == own);

    private bool IsTrouble(string[] cells)
    {
        var status = Number(Cell(cells, "sc-status"));
        return status switch
        {
            401 => Number(Cell(cells, "sc-substatus")) is > 2 || !SignInErrors.Contains(Cell(cells, "sc-win32-status") ?? "0"),
            >= 400 => true,
            _ => Number(Cell(cells, "time-taken")) >= SlowMilliseconds && Address(cells).StartsWith(AdministrationService, StringComparison.OrdinalIgnoreCase),
        };
    }

    private bool IsLocal(string[] cells) =>
        Cell(cells, "c-ip") is { } client && (client == Cell(cells, "s-ip") || (IPAddress.TryParse(client, out var address) && IPAddress.IsLoopback(address)));

    /// <summary>The path alone: a query may hold what belongs to a person.</summary>
    private string Address(string[] cells)
    {
        var address = Cell(cells, isOfHttpSys ? "cs-uri" : "cs-uri-stem") ?? "-";
        var end = address.AsSpan().IndexOfAny('?', ';', '#');
        address = end < 0 ? address : address[..end];
        return address.Length > LongestAddress ? address[..LongestAddress] : address;
    }

    private string? Cell(string[] cells, string column) =>
        _columns.TryGetValue(column, out var index) && index < cells.Length && cells[index] is not "-" and { Length: > 0 } cell ? cell : null;

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string[] Split(ReadOnlySpan<byte> line) => Encoding.UTF8.GetString(line).Split(' ', MostColumns);

    private void ReadDirective(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith(Fields))
        {
            var names = Encoding.UTF8.GetString(line[Fields.Length..]).Trim().Split(' ', MostColumns, StringSplitOptions.RemoveEmptyEntries);
            _columns = names.Index().DistinctBy(name => name.Item, StringComparer.OrdinalIgnoreCase).ToDictionary(name => name.Item, name => name.Index, StringComparer.OrdinalIgnoreCase);
        }
    }
}
