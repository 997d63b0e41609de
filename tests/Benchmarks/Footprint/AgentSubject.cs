using Grpc.Core;
using Grpc.Net.Client;
using WsusDashboard.Agent.Security.Local;
using WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Benchmarks.Footprint;

/// <summary>The agent as it is shipped, self-contained, on this machine: the roles of a Windows server are absent, so its readings are attempts.</summary>
internal sealed class AgentSubject(string buildFolder) : Subject
{
    private readonly string _published = Path.Combine(buildFolder, "agent");

    public override string Name => "WsusDashboard agent";

    public override string Condition => "self-contained Release build, without the Windows roles, one idle Watch stream open";

    public override async Task<string?> PrepareAsync(TextWriter progress, CancellationToken cancellationToken)
    {
        var project = Path.Combine(SourceTree.Find(), "src", "Agent", "Agent.csproj");
        await progress.WriteLineAsync($"Publishing {project} for linux-x64 into {_published}.");

        // Output and lock file of their own: the working tree is left as it is.
        string[] arguments =
        [
            "publish", project, "--configuration", "Release", "--runtime", "linux-x64", "--self-contained", "--artifacts-path", Path.Combine(buildFolder, "build"),
            "--output", _published, "-p:NuGetLockFilePath=obj/publish.lock.json", "-p:RestoreLockedMode=false", "--verbosity", "quiet", "--nologo",
        ];
        var (exitCode, output) = await ChildProcess.RunAsync("dotnet", arguments, cancellationToken);
        return exitCode == 0 ? null : $"Couldn't publish the agent:\n{output}";
    }

    public override long MeasureDiskBytes() => DiskUse.OfFolder(_published);

    public override LaunchPlan Plan(int port, string folder) => new(
        Path.Combine(_published, "WsusDashboard.Agent"),
        ["run", FormattableString.Invariant($"--Agent:Port={port}"), $"--Agent:DataDirectory={folder}", "--Logging:LogLevel:Default=Error"]);

    public override async Task AskAsync(HttpClient client, Uri address, string folder, CancellationToken cancellationToken)
    {
        using var channel = GrpcChannel.ForAddress(LocalChannel.Address, new GrpcChannelOptions { HttpHandler = LocalChannel.CreateHandler(folder), DisposeHttpClient = true });
        await new Shared.Contract.V1.Agent.AgentClient(channel).GetInfoAsync(new GetInfoRequest(), cancellationToken: cancellationToken);
    }

    public override async Task ListenAsync(WireCounter wire, Uri address, string folder, CancellationToken cancellationToken)
    {
        // Over the local channel, counted; a hub's TLS adds some 30 bytes a message.
        var handler = LocalChannel.CreateHandler(folder);
        handler.ConnectCallback = async (_, token) => wire.Count(await LocalChannel.ConnectAsync(folder, token));
        using var channel = GrpcChannel.ForAddress(LocalChannel.Address, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        using var stream = new Shared.Contract.V1.Agent.AgentClient(channel).Watch(new WatchRequest(), cancellationToken: cancellationToken);
        await foreach (var message in stream.ResponseStream.ReadAllAsync(cancellationToken))
        {
            _ = message;
        }
    }
}
