using System.Runtime.InteropServices;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Tensors.Tests;

/// <summary>
/// A tensor whose last element touches a page that must not be read or written: an access beyond the end ends the
/// test process. Where the system calls differ (not Linux) it is ordinary memory.
/// </summary>
internal sealed unsafe partial class GuardedTensor : IDisposable
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly nint _mapping;
    private readonly nuint _length;

    public GuardedTensor(Shape shape)
    {
        nuint bytes = (nuint)Math.Max(1, shape.ElementCount) * sizeof(float);
        nuint page = (nuint)Environment.SystemPageSize;
        nuint usable = (bytes + page - 1) / page * page;
        var storage = new TensorStorage(shape.ElementCount, 0, ownsMemory: false);
        if (OperatingSystem.IsLinux())
        {
            _length = usable + page;
            _mapping = Map(0, _length, ReadWrite, PrivateAnonymous, -1, 0);
            if (_mapping == -1 || Protect(_mapping + (nint)usable, page, 0) != 0)
            {
                throw new InvalidOperationException("mmap or mprotect failed");
            }

            storage.Attach((float*)(_mapping + (nint)usable - (nint)bytes));
        }
        else
        {
            _mapping = (nint)NativeMemory.Alloc(bytes);
            storage.Attach((float*)_mapping);
        }

        Tensor = new Tensor(storage, 0, shape);
    }

    public GuardedTensor(Shape shape, ReadOnlySpan<float> values) : this(shape) => values.CopyTo(Tensor.Span);

    public Tensor Tensor { get; }

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Unmap(_mapping, _length);
        }
        else
        {
            NativeMemory.Free((void*)_mapping);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
