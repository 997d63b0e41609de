using System.Globalization;
using System.Threading.Channels;

namespace WsusDashboard.Dashboard.Security.Auditing;

/// <summary>
/// Writes down what somebody who is signed in was refused. The same refusal of the same person once a minute, and so many a minute in all: whoever tries
/// everything leaves a trace here, not a full database. Threading: anybody tells; one loop writes.
/// </summary>
internal sealed class RefusalRecords(AuditLog log, TimeProvider timeProvider) : BackgroundService
{
    private const int MostPerMinute = 60;
    private const int Capacity = 200;

    private readonly Channel<Refusal> _refusals = Channel.CreateBounded<Refusal>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Lock _gate = new();
    private readonly HashSet<(string PersonId, string Detail)> _written = [];
    private long? _minuteBegan;
    private int _passedOver;

    /// <param name="identity">Who was refused.</param>
    /// <param name="who">Their name.</param>
    /// <param name="detail">What they asked for, for a person.</param>
    /// <param name="site">Of the server that it was about; empty where it was about none.</param>
    public void Take(CallerIdentity identity, string who, string detail, string site = "")
    {
        lock (_gate)
        {
            // Not by a clock that somebody may set back: for so long nothing would be recorded.
            if (_minuteBegan is not { } began || timeProvider.GetElapsedTime(began) >= TimeSpan.FromMinutes(1))
            {
                _minuteBegan = timeProvider.GetTimestamp();
                _written.Clear();
            }

            if (!_written.Add((identity.PersonId, detail)))
            {
                return;
            }

            if (_written.Count > MostPerMinute)
            {
                Interlocked.Increment(ref _passedOver);
                return;
            }
        }

        _refusals.Writer.TryWrite(new(identity, who, detail, site));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var refusal in _refusals.Reader.ReadAllAsync(stoppingToken))
            {
                await log.WriteAsync(refusal.Who, refusal.Identity, new() { What = "access.refused", Site = refusal.Site, Detail = refusal.Detail + PassedOver(), Outcome = "refused" });
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
    }

    private string PassedOver()
    {
        var count = Interlocked.Exchange(ref _passedOver, 0);
        return count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" (and {count} other refusals that weren't recorded one by one)");
    }

    private sealed record Refusal(CallerIdentity Identity, string Who, string Detail, string Site);
}
