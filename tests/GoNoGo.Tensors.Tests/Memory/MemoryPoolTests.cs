using GoNoGo.Tensors.Memory;

namespace GoNoGo.Tensors.Tests.Memory;

public sealed class MemoryPoolTests
{
    [Fact]
    public void What_could_not_be_allocated_does_not_count()
    {
        var pool = new MemoryPool();
        using (var scope = new TensorScope(pool))
        {
            // 128 TiB: more than an address space holds.
            Assert.Throws<OutOfMemoryException>(() => scope.New(new Shape(1 << 23, 1 << 22)));
            Assert.Equal((0, 0, 0), (pool.LentBytes, pool.HeldBytes, pool.PeakLentBytes));
            scope.New(new Shape(16));
            Assert.Equal((64, 64, 64), (pool.LentBytes, pool.HeldBytes, pool.PeakLentBytes));
        }

        Assert.Equal((0, 64), (pool.LentBytes, pool.HeldBytes));
        pool.Trim();
        Assert.Equal(0, pool.HeldBytes);
    }
}
