namespace WsusDashboard.Dashboard.Components.Circuit;

/// <summary>
/// One timer for all relative times of a circuit. It runs only while someone listens. Threading: the set of listeners is guarded by a
/// lock; listeners are called on a timer thread and dispatch to their renderer themselves.
/// </summary>
public sealed class CircuitClock(TimeProvider timeProvider) : IDisposable
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HashSet<Action> _listeners = [];
    private ITimer? _timer;
    private bool _disposed;

    public DateTimeOffset Now => timeProvider.GetUtcNow();

    public void Listen(Action listener)
    {
        lock (_gate)
        {
            if (!_disposed && _listeners.Add(listener))
            {
                _timer ??= timeProvider.CreateTimer(_ => Tick(), null, Period, Period);
            }
        }
    }

    public void Forget(Action listener)
    {
        lock (_gate)
        {
            if (_listeners.Remove(listener) && _listeners.Count == 0)
            {
                _timer?.Dispose();
                _timer = null;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _listeners.Clear();
            _timer?.Dispose();
            _timer = null;
        }
    }

    private void Tick()
    {
        Action[] listeners;
        lock (_gate)
        {
            listeners = [.. _listeners];
        }

        foreach (var listener in listeners)
        {
            listener();
        }
    }
}
