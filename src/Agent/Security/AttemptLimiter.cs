namespace WsusDashboard.Agent.Security;

/// <summary>Bounds how often something is tried, for each network address and in all.</summary>
/// <remarks>Safe for use from several threads. Counts begin again with each window, which a clock that is set does not end; the table never holds more addresses than the total allows.</remarks>
internal sealed class AttemptLimiter(int perAddress, int total, TimeSpan window, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private long? _windowStart;
    private int _total;

    /// <summary>Counts an attempt; false where there were too many.</summary>
    public bool TryEnter(string address)
    {
        lock (_gate)
        {
            if (_windowStart is not { } start || timeProvider.GetElapsedTime(start) >= window)
            {
                _counts.Clear();
                (_total, _windowStart) = (0, timeProvider.GetTimestamp());
            }

            var count = _counts.GetValueOrDefault(address);
            if (count >= perAddress || _total >= total)
            {
                return false;
            }

            _counts[address] = count + 1;
            _total++;
            return true;
        }
    }
}
