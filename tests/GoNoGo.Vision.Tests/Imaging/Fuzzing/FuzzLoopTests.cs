using System.Diagnostics;
using GoNoGo.Fuzzing;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging.Fuzzing;

/// <summary>The loop finds what it is there to find, and finds it again.</summary>
public class FuzzLoopTests
{
    public static TheoryData<string> Targets() => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_case_is_the_same_file_whenever_it_is_made(string name)
    {
        FuzzTarget target = FuzzTargets.Get(name);
        var one = new FuzzCases(target, 3);
        var two = new FuzzCases(target, 3);
        var other = new FuzzCases(target, 4);
        Assert.Equal(one.Make(17), two.Make(17));
        byte[][] files = [.. Enumerable.Range(0, 200).Select(index => one.Make(index))];
        Assert.Equal(files[199], two.Make(199));
        Assert.InRange(files.Count(file => !target.Seeds().Any(seed => seed.AsSpan().SequenceEqual(file))), 150, 200);
        Assert.InRange(Enumerable.Range(0, 200).Count(index => other.Make(index).AsSpan().SequenceEqual(files[index])), 0, 20);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Seeds_are_small_and_mutations_do_not_touch_them(string name)
    {
        FuzzTarget target = FuzzTargets.Get(name);
        IReadOnlyList<byte[]> seeds = target.Seeds();
        byte[][] copies = [.. seeds.Select(seed => (byte[])seed.Clone())];
        var random = new Random(1);
        for (int i = 0; i < 2000; i++)
        {
            target.MutateStructure(seeds[i % seeds.Count], random);
            ByteMutation.Mutate(seeds[i % seeds.Count], seeds, random);
        }

        Assert.Equal(copies, seeds);
        Assert.All(seeds, seed => Assert.InRange(seed.Length, 1, 16384));
    }

    [Theory]
    [InlineData(7, "InvalidCast")]
    [InlineData(8, "bytes allocated")]
    [InlineData(9, "processor time")]
    [InlineData(10, "contradictory")]
    [InlineData(11, "wrong on a closer look")]
    public void What_no_reader_may_do_is_found_written_and_found_again(byte bad, string message)
    {
        using var folder = new TemporaryFolder();
        var options = new FuzzOptions { Cases = 3000, Folder = folder.Root, MostFailures = 2 };
        FuzzReport report = FuzzLoop.Run(new BadTarget(bad), options);
        Assert.Equal(2, report.Failures.Count);
        FuzzFailure failure = report.Failures[1];
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.Contains(message, File.ReadAllText(failure.Path + ".txt"), StringComparison.Ordinal);
        Assert.Contains(message, FuzzJudge.Judge(new BadTarget(bad), File.ReadAllBytes(failure.Path), thorough: true).Failure, StringComparison.Ordinal);
        FuzzReport again = FuzzLoop.Run(new BadTarget(bad), options with { First = failure.Index, Cases = 1 });
        Assert.Equal(failure.Index, Assert.Single(again.Failures).Index);
        Assert.Empty(Directory.GetFiles(folder.Root, "*running*"));
    }

    /// <summary>Reads anything but a file that begins with a 2, and goes wrong at one that begins with a certain byte.</summary>
    private sealed class BadTarget(byte bad) : FuzzTarget
    {
        public override string Name => "bad";

        public override string Extension => ".bin";

        public override string Summary => "a reader with faults";

        // Short only for the slow reader: a pause of the machine must not make the others' faults look like slowness.
        public override TimeSpan TimeLimit => bad == 9 ? TimeSpan.FromMilliseconds(20) : base.TimeLimit;

        public override IReadOnlyList<byte[]> Seeds() => [[1, 2, 3, 4]];

        public override byte[] MutateStructure(byte[] file, Random random) => [(byte)random.Next(16), .. file.AsSpan(1)];

        public override bool IsRefusal(Exception exception) => exception is ImageFormatException;

        public override long Read(byte[] file)
        {
            byte first = file.Length == 0 || file[0] == 2 ? throw new ImageFormatException("refused.") : file[0];
            if (first == bad)
            {
                switch (bad)
                {
                    case 7:
                        throw new InvalidCastException();
                    case 8:
                        GC.KeepAlive(new byte[17 << 20]);
                        break;
                    case 9:
                        // Both clocks: other tests of the process run up processor time meanwhile.
                        TimeSpan start = Environment.CpuUsage.TotalTime;
                        long began = Stopwatch.GetTimestamp();
                        while (Environment.CpuUsage.TotalTime - start < TimeSpan.FromMilliseconds(30) || Stopwatch.GetElapsedTime(began).TotalMilliseconds < 30)
                        {
                            Thread.SpinWait(1000);
                        }

                        break;
                    case 10:
                        throw new FuzzFailureException("contradictory");
                }
            }

            return file.Length;
        }

        public override void Verify(byte[] file)
        {
            if (file[0] == 11 && bad == 11)
            {
                throw new FuzzFailureException("wrong on a closer look");
            }
        }
    }
}
