using BenchmarkDotNet.Running;

namespace WsusDashboard.Benchmarks;

/// <summary>The classes of this project with [Benchmark] methods, under BenchmarkDotNet's own command line.</summary>
internal static class ClassBenchmarks
{
    public static Task<int> RunAsync(string[] arguments, BenchmarkOutput output, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            BenchmarkSwitcher.FromAssembly(typeof(ClassBenchmarks).Assembly).Run(arguments);
            return 0;
        },
        cancellationToken);
}
