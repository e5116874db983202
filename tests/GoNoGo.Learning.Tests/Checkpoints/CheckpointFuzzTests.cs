using GoNoGo.Fuzzing;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Learning.Tests.Checkpoints;

/// <summary>
/// Damaged checkpoints are refused with <see cref="TensorFileException"/> or read; nothing else is thrown, and no more than four times
/// the file's size plus 16 MB is allocated. Longer runs: docs/fuzzing.md.
/// </summary>
public sealed class CheckpointFuzzTests
{
    [Fact]
    public void Damaged_files_are_read_or_refused_in_little_time_and_memory()
    {
        FuzzReport report = FuzzLoop.Run(FuzzTargets.Get("pth"), new FuzzOptions { Cases = 10_000 });
        Assert.True(report.Failures.Count == 0, string.Join('\n', report.Failures));
        Assert.InRange(report.Accepted, report.Cases / 100, report.Cases * 3 / 4);
        Assert.False(File.Exists("gonogo_was_here"));
    }
}
