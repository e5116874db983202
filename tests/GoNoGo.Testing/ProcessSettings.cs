using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Testing;

/// <summary>
/// Changes process-wide settings for the extent of a using statement. Tests that do so belong to the xunit collection
/// "vector width", which runs alone.
/// </summary>
public static class ProcessSettings
{
    /// <summary>Forces a kernel variant; the former one returns on disposal.</summary>
    public static IDisposable Force(VectorWidth width)
    {
        VectorWidth before = VectorWidths.Current;
        VectorWidths.Force(width);
        return new Restore(() => VectorWidths.Force(before));
    }

    /// <summary>Sets the number of threads; the former one returns on disposal.</summary>
    public static IDisposable Threads(int count)
    {
        int before = Workers.ThreadCount;
        Workers.ThreadCount = count;
        return new Restore(() => Workers.ThreadCount = before);
    }

    /// <summary>Runs a test once with each kernel variant of this processor.</summary>
    public static void ForEachWidth(Action<VectorWidth> test)
    {
        foreach (VectorWidth width in VectorWidths.Available)
        {
            using (Force(width))
            {
                test(width);
            }
        }
    }

    private sealed class Restore(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
