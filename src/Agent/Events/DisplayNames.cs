using WsusDashboard.Agent.Snapshots.Collecting;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Events;

/// <summary>The names that this server displays for the watched services: its events name services by them, in the server's own language.</summary>
/// <remarks>Threading: one reader, the collector of events.</remarks>
internal sealed class DisplayNames(IServiceControl services, TimeProvider timeProvider)
{
    private readonly DueTimer _timer = new(timeProvider);
    private readonly Dictionary<string, string> _names = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<string> Displayed => [.. _names.Keys];

    /// <summary>Reads them once an hour; sooner while one of them is not known.</summary>
    /// <returns>Why none could be read and none is known from before; null where some are known. A service that alone is refused says so in its own section.</returns>
    public async Task<EdgeException?> ReadAsync(CancellationToken cancellationToken)
    {
        if (!_timer.IsDue(TimeSpan.FromHours(1)))
        {
            return null;
        }

        EdgeException? failure = null;
        var answers = 0;
        foreach (var name in ServiceNames.Watched)
        {
            try
            {
                if (await services.ReadAsync(name, cancellationToken).ConfigureAwait(false) is { DisplayName: { Length: > 0 } displayed })
                {
                    _names[displayed] = name;
                }

                answers++;
            }
            catch (EdgeException exception)
            {
                failure ??= exception;
            }
        }

        if (failure is null)
        {
            _timer.Mark();
        }

        return answers == 0 && _names.Count == 0 ? failure : null;
    }

    /// <summary>The short name of a watched service by either name; null for any other.</summary>
    public string? Find(string subject) =>
        ServiceNames.Watched.FirstOrDefault(name => string.Equals(name, subject, StringComparison.OrdinalIgnoreCase)) ?? _names.GetValueOrDefault(subject);
}
