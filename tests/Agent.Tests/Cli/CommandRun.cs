using System.Globalization;
using System.Text;
using System.Threading.Channels;
using WsusDashboard.Agent.Cli;
using WsusDashboard.Agent.Cli.Terminal;

namespace WsusDashboard.Agent.Tests.Cli;

/// <summary>One command as a person runs it: what it printed, and its exit code.</summary>
internal sealed class CommandRun
{
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();
    private readonly Channel<bool> _interrupts = Channel.CreateUnbounded<bool>();

    public string Input { get; init; } = "";

    public bool IsInteractive { get; init; }

    public required TimeProvider Time { get; init; }

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    /// <summary>What "run" got; null while it was not called.</summary>
    public IReadOnlyList<string>? RunArguments { get; private set; }

    public void Interrupt() => _interrupts.Writer.TryWrite(true);

    public Task<int> InvokeAsync(params string[] arguments) => AgentCommandLine.InvokeAsync(
        arguments,
        new CommandConsole
        {
            In = new StringReader(Input),
            Out = Writer(_out),
            Error = Writer(_error),
            IsInteractive = IsInteractive,
            WaitForInterruptAsync = async token => await _interrupts.Reader.ReadAsync(token),
            TimeProvider = Time,
            UserName = "ann",
        },
        (passed, _) =>
        {
            RunArguments = passed;
            return Task.FromResult(0);
        },
        TestContext.Current.CancellationToken);

    private static TextWriter Writer(StringBuilder text) => TextWriter.Synchronized(new StringWriter(text, CultureInfo.InvariantCulture));
}
