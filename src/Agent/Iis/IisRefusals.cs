using System.Globalization;

namespace WsusDashboard.Agent.Iis;

/// <summary>A call that IIS did not carry out.</summary>
/// <param name="Call">What was asked, for example "state of a pool".</param>
/// <param name="Type">The exception's type.</param>
/// <param name="Result">Its HRESULT, for example "0x80070426".</param>
/// <param name="Message">What Windows says, in its own language.</param>
/// <param name="Count">How often.</param>
public sealed record IisRefusal(string Call, string Type, string Result, string Message, int Count);

/// <summary>What IIS refused, also where the agent goes on without it: a bug report needs the numbers, because no Windows was there when this was written.</summary>
/// <remarks>Safe for use from several threads. At most <see cref="Maximum"/> kinds are kept; of more, how often they came (<see cref="Others"/>).</remarks>
public sealed class IisRefusals
{
    /// <summary>The call of the last entry where there were more kinds than are kept; it has no type, number and message.</summary>
    public const string Others = "(and more)";

    private const int Maximum = 50;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Call, int Result), IisRefusal> _refusals = [];
    private int _others;

    public IReadOnlyList<IisRefusal> All
    {
        get
        {
            lock (_gate)
            {
                return _others == 0 ? [.. _refusals.Values] : [.. _refusals.Values, new(Others, "", "", "", _others)];
            }
        }
    }

    public void Record(string call, Exception exception)
    {
        lock (_gate)
        {
            var key = (call, exception.HResult);
            if (_refusals.TryGetValue(key, out var known))
            {
                _refusals[key] = known with { Count = known.Count + 1 };
            }
            else if (_refusals.Count < Maximum)
            {
                _refusals[key] = new(call, exception.GetType().Name, string.Create(CultureInfo.InvariantCulture, $"0x{exception.HResult:X8}"), exception.Message.Trim(), 1);
            }
            else
            {
                _others++;
            }
        }
    }

    /// <summary>Two lists as one: the same refusal of the same call is counted together, what was left out of either comes last.</summary>
    public static IReadOnlyList<IisRefusal> Merge(IEnumerable<IisRefusal> first, IEnumerable<IisRefusal> second) =>
    [
        .. first.Concat(second)
            .GroupBy(refusal => (refusal.Call, refusal.Type, refusal.Result))
            .Select(same => same.First() with { Count = same.Sum(refusal => refusal.Count) })
            .OrderBy(refusal => refusal.Call == Others),
    ];
}
