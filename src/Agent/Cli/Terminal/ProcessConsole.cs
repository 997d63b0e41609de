namespace WsusDashboard.Agent.Cli.Terminal;

/// <summary>The console of this process. Ctrl+C is taken over only from the first wait for it on, so that a host keeps its own handling.</summary>
internal sealed class ProcessConsole : IDisposable
{
    private readonly SemaphoreSlim _interrupts = new(0);
    private bool _isListening;

    public CommandConsole Create() => new()
    {
        In = Console.In,
        Out = Console.Out,
        Error = Console.Error,
        IsInteractive = !Console.IsInputRedirected,
        WaitForInterruptAsync = WaitAsync,
    };

    public void Dispose()
    {
        if (_isListening)
        {
            Console.CancelKeyPress -= OnCancelKeyPress;
        }

        _interrupts.Dispose();
    }

    private Task WaitAsync(CancellationToken cancellationToken)
    {
        if (!_isListening)
        {
            _isListening = true;
            Console.CancelKeyPress += OnCancelKeyPress;
        }

        return _interrupts.WaitAsync(cancellationToken);
    }

    private void OnCancelKeyPress(object? sender, ConsoleCancelEventArgs arguments)
    {
        arguments.Cancel = true;
        _interrupts.Release();
    }
}
