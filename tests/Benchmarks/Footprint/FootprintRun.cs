using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;

namespace WsusDashboard.Benchmarks.Footprint;

/// <summary>Starts every subject afresh in each round, lets them run side by side, and reads what they cost.</summary>
internal sealed class FootprintRun(FootprintOptions options, TextWriter progress, string folder)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(5);

    public async Task<IReadOnlyList<SubjectResult>> MeasureAsync(IReadOnlyList<Subject> subjects, CancellationToken cancellationToken)
    {
        var samples = subjects.ToDictionary(subject => subject, _ => new List<Sample>());
        for (var round = 1; round <= options.Rounds; round++)
        {
            await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Round {round} of {options.Rounds}"));
            await MeasureRoundAsync(subjects, round, (subject, sample) => samples[subject].Add(sample), cancellationToken);
        }

        return [.. subjects.Select(subject => new SubjectResult(subject, subject.MeasureDiskBytes(), samples[subject]))];
    }

    private async Task MeasureRoundAsync(IReadOnlyList<Subject> subjects, int round, Action<Subject, Sample> add, CancellationToken cancellationToken)
    {
        List<Started> started = [];
        try
        {
            // One after the other, so that no start is slowed by another.
            foreach (var subject in subjects)
            {
                started.Add(await StartAsync(subject, round, cancellationToken));
            }

            await Task.Delay(TimeSpan.FromSeconds(options.Settle), cancellationToken);
            var before = started.Select(Reading.Take).ToList();
            await Task.Delay(TimeSpan.FromSeconds(options.Seconds), cancellationToken);
            foreach (var (one, first) in started.Zip(before))
            {
                var last = Reading.Take(one);
                one.ThrowIfEnded();
                add(one.Subject, Compare(one, first, last));
            }
        }
        finally
        {
            foreach (var one in started)
            {
                await one.DisposeAsync();
            }
        }
    }

    private async Task<Started> StartAsync(Subject subject, int round, CancellationToken cancellationToken)
    {
        var own = Directory.CreateDirectory(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{subject.Name.Replace(' ', '-')}-{round}"))).FullName;
        var port = ChoosePort();
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        var begun = Stopwatch.GetTimestamp();
        var plan = subject.Plan(port, own);
        var process = ChildProcess.Start(plan.Program, plan.Arguments);
        try
        {
            await WaitAsync(subject, process, address, own, cancellationToken);
            var startUp = Stopwatch.GetElapsedTime(begun);
            await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {subject.Name} answered after {startUp.TotalMilliseconds:0} ms"));
            return new Started(subject, process, startUp, address, own);
        }
        catch
        {
            await process.StopAsync();
            throw;
        }
    }

    private static async Task WaitAsync(Subject subject, ChildProcess process, Uri address, string own, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        while (true)
        {
            try
            {
                await subject.AskAsync(client, address, own, limit.Token);
                return;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or RpcException { StatusCode: StatusCode.Unavailable or StatusCode.Internal } && !process.HasExited)
            {
                await Task.Delay(BetweenAttempts, limit.Token);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw new BenchmarkFailure($"{subject.Name} didn't start: {exception.Message}\n{process.Output}", exception);
            }
        }
    }

    private static Sample Compare(Started one, Reading first, Reading last)
    {
        var elapsed = Stopwatch.GetElapsedTime(first.At, last.At);
        return new Sample
        {
            StartUp = one.StartUp,
            ResidentKilobytes = last.Use.ResidentKilobytes,
            PrivateKilobytes = last.Use.PrivateKilobytes,
            ProcessorPercent = (last.Use.ProcessorTime - first.Use.ProcessorTime) / elapsed * 100,
            BytesPerMinute = (last.Bytes - first.Bytes) / elapsed.TotalMinutes,
            Processes = last.Use.Processes,
        };
    }

    private static int ChoosePort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private sealed record Reading(long At, ProcessUse Use, long Bytes)
    {
        public static Reading Take(Started one) => new(Stopwatch.GetTimestamp(), ProcessTree.Read(one.ProcessId), one.Bytes);
    }

    /// <summary>A subject that runs, and its reader.</summary>
    private sealed class Started : IAsyncDisposable
    {
        private readonly ChildProcess _process;
        private readonly CancellationTokenSource _end = new();
        private readonly WireCounter _wire = new();
        private readonly Task _listening;

        public Started(Subject subject, ChildProcess process, TimeSpan startUp, Uri address, string folder)
        {
            (Subject, _process, StartUp) = (subject, process, startUp);
            _listening = subject.ListenAsync(_wire, address, folder, _end.Token);
        }

        public Subject Subject { get; }

        public TimeSpan StartUp { get; }

        public int ProcessId => _process.Id;

        public long Bytes => _wire.Bytes;

        /// <summary>A figure of a program that died, or that nobody listened to, would be a lie.</summary>
        public void ThrowIfEnded()
        {
            if (_process.HasExited || _listening.IsCompleted)
            {
                throw new BenchmarkFailure($"{Subject.Name} stopped during the measurement: {_listening.Exception?.GetBaseException().Message ?? "its process is gone"}.");
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            try
            {
                await _listening;
            }
            catch (Exception exception) when (exception is OperationCanceledException or RpcException or HttpRequestException or IOException)
            {
                // How its reader ended is of no interest any more.
            }

            await _process.StopAsync();
            _wire.Dispose();
            _end.Dispose();
        }
    }
}
